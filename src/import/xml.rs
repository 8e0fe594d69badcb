//! XML as a walk over elements and their attributes.
//!
//! The one decision here: nothing is expanded. A document type is refused, and so is every entity
//! that is not one of XML's own five: there is no bomb to go off, and no file to be read.

use std::collections::BTreeMap;

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use super::ImportError;

/// How deep elements may be nested. Test reports have some six levels.
const DEEPEST: usize = 64;

/// A step of the walk.
pub(super) enum Step {
    /// An element begins.
    Open {
        /// Its name without a prefix.
        name: String,
        /// Its attributes, by name.
        attributes: BTreeMap<String, String>,
    },
    /// The element that began last and did not end ends.
    Close,
}

/// Walks over a whole document with one root.
///
/// # Errors
/// [`ImportError::Malformed`], and what `visit` says.
pub(super) fn walk(
    bytes: &[u8],
    mut visit: impl FnMut(Step) -> Result<(), ImportError>,
) -> Result<(), ImportError> {
    let text = str::from_utf8(bytes).map_err(|_| malformed("it is not UTF-8"))?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader = Reader::from_str(text);
    reader.config_mut().enable_all_checks(true);
    steps(&mut reader, &mut visit).map_err(|error| {
        let at = match reader.error_position() {
            0 => reader.buffer_position(),
            at => at,
        };
        placed(error, text, at)
    })
}

/// The error with the place up to which the text was read, as `serde_json` says it.
fn placed(error: ImportError, text: &str, at: u64) -> ImportError {
    let ImportError::Malformed { language, reason } = error else {
        return error;
    };
    let at = usize::try_from(at).unwrap_or(usize::MAX);
    let read = text.get(..text.floor_char_boundary(at)).unwrap_or_default();
    let line = read.matches('\n').count() + 1;
    let column = read.rsplit('\n').next().unwrap_or_default().chars().count();
    let reason = format!("{reason} at line {line} column {column}");
    ImportError::Malformed { language, reason }
}

fn steps(
    reader: &mut Reader<&[u8]>,
    visit: &mut impl FnMut(Step) -> Result<(), ImportError>,
) -> Result<(), ImportError> {
    let (mut depth, mut roots) = (0_usize, 0_usize);
    loop {
        let event = reader
            .read_event()
            .map_err(|error| malformed(&error.to_string()))?;
        if depth == 0 && matches!(event, Event::Start(_) | Event::Empty(_)) {
            roots += 1;
        }
        match event {
            Event::Start(element) => {
                depth += 1;
                visit(opened(&element)?)?;
            }
            Event::Empty(element) => {
                visit(opened(&element)?)?;
                visit(Step::Close)?;
            }
            Event::End(_) => {
                depth = depth.saturating_sub(1);
                visit(Step::Close)?;
            }
            Event::Text(text) if depth == 0 && !text.trim().is_empty() => {
                return Err(malformed("it has text outside of its root element"));
            }
            Event::CData(_) if depth == 0 => {
                return Err(malformed("it has text outside of its root element"));
            }
            Event::DocType(_) => {
                return Err(malformed("it has a document type, which is not read"));
            }
            Event::GeneralRef(entity) => own_entity(&entity)?,
            Event::Eof => break,
            _ => {}
        }
        if depth > DEEPEST || roots > 1 {
            return Err(malformed(
                "it is nested too deeply, or has more than one root",
            ));
        }
    }
    match (depth, roots) {
        (0, 1) => Ok(()),
        (0, _) => Err(malformed("it has no element")),
        _ => Err(malformed("it ends before its elements do")),
    }
}

fn opened(element: &BytesStart<'_>) -> Result<Step, ImportError> {
    let mut attributes = BTreeMap::new();
    for attribute in element.attributes() {
        let attribute = attribute.map_err(|error| malformed(&error.to_string()))?;
        let value = attribute.normalized_value(XmlVersion::Implicit1_0);
        let value = value.map_err(|error| malformed(&error.to_string()))?;
        attributes.insert(attribute.key.as_ref().to_owned(), value.into_owned());
    }
    let name = element.local_name().as_ref().to_owned();
    Ok(Step::Open { name, attributes })
}

fn own_entity(entity: &quick_xml::events::BytesRef<'_>) -> Result<(), ImportError> {
    let is_character = matches!(entity.resolve_char_ref(), Ok(Some(_)));
    let name: &str = entity;
    if is_character || matches!(name, "amp" | "lt" | "gt" | "quot" | "apos") {
        return Ok(());
    }
    Err(malformed("it has an entity of its own, which is not read"))
}

fn malformed(reason: &str) -> ImportError {
    ImportError::Malformed {
        language: "XML",
        reason: reason.to_owned(),
    }
}
