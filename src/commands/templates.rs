//! `gatewright templates`: the built-in templates, to read and to replace.
//!
//! The one decision here: an ejected template is the user's from the first byte; none is ever
//! overwritten.

use std::path::Path;

use super::load::{find, load};
use crate::cli::{Eject, Templates};
use crate::console::Console;
use crate::diagnostic::nearest;
use crate::error::Error;
use crate::exit::Exit;
use crate::{host, render, tree};

/// Where templates go when neither the command line nor the spec says so.
const FOLDER: &str = "ci/templates";

pub(super) fn run(command: &Templates, console: &mut Console<'_>) -> Result<Exit, Error> {
    match command {
        Templates::List => {
            for (name, _) in render::built_in() {
                console.say(name)?;
            }
        }
        Templates::Show { name } => {
            let (_, text) = built_in(name)?;
            console.stdout.write_all(text.as_bytes())?;
        }
        Templates::Eject(arguments) => eject(arguments, console)?,
    }
    Ok(Exit::Yes)
}

fn built_in(name: &str) -> Result<(&'static str, &'static str), Error> {
    let plain = name.trim_end_matches(".yml");
    let mut all = render::built_in();
    all.find(|(known, _)| known.trim_end_matches(".yml") == plain)
        .ok_or_else(|| {
            let near = nearest(name, render::built_in().map(|(known, _)| known));
            Error::usage(
                format!("there is no template `{name}`"),
                near.map_or_else(
                    || "`gatewright templates list` names them all".to_owned(),
                    |near| format!("did you mean `{near}`?"),
                ),
            )
        })
}

fn eject(arguments: &Eject, console: &mut Console<'_>) -> Result<(), Error> {
    let (name, text) = built_in(&arguments.name)?;
    let (root, named) = surroundings(arguments, console);
    let folder = match (&arguments.to, named.clone()) {
        (Some(folder), _) => within(&root, &console.resolve(folder))?,
        (None, Some(folder)) => folder,
        (None, None) => FOLDER.to_owned(),
    };
    let path = format!("{folder}/{name}");
    tree::create(&root, &path, text)?;
    if !console.quiet {
        console.tell(format!("{:<9}{path}", "wrote"))?;
        if named.as_deref() != Some(folder.as_str()) {
            console.tell(format!(
                "  help: `ci: {{templates: {folder}}}` in the spec puts it in the place of the built-in one"
            ))?;
        }
    }
    Ok(())
}

/// The repository, and the folder of templates that its spec names, where there is one.
fn surroundings(arguments: &Eject, console: &Console<'_>) -> (std::path::PathBuf, Option<String>) {
    let loaded = find(arguments.spec.spec.as_deref(), console).map(|path| load(&path, console));
    match loaded {
        Ok(loaded) => {
            let spec = loaded.reading.spec.as_ref();
            let named = spec.and_then(|spec| spec.ci.templates.clone());
            (loaded.root(), named)
        }
        Err(_) => (host::repository_root(&console.folder), None),
    }
}

/// A folder as a path from the root, with `/`.
fn within(root: &Path, folder: &Path) -> Result<String, Error> {
    // The root may have been found through a link; folders that are not there yet have no other name.
    let root = root.canonicalize().unwrap_or_else(|_| root.to_path_buf());
    let known = folder.ancestors().find(|ancestor| ancestor.exists());
    let inside = known.and_then(|known| {
        let rest = folder.strip_prefix(known).ok()?;
        let place = known.canonicalize().ok()?.join(rest);
        let inside = place.strip_prefix(&root).ok()?.to_str()?.replace('\\', "/");
        (!inside.is_empty() && !inside.split('/').any(|part| part == "..")).then_some(inside)
    });
    inside.ok_or_else(|| {
        Error::usage(
            format!(
                "`{}` is not a folder inside the repository",
                folder.display()
            ),
            "name one with `--to FOLDER`; templates are part of what is reviewed",
        )
    })
}
