//! What can go wrong with an answer on its way.

use serde_json::Value;

use super::draw::Draw;
use super::exchange::Exchange;

/// One way in which an answer goes wrong.
#[derive(Debug, Clone)]
pub(super) enum Fault {
    /// The answer is another one, sent whole.
    Instead {
        status: u16,
        content_type: String,
        body: Vec<u8>,
    },
    /// The connection ends after so many bytes of the body, though more were announced.
    Cut(usize),
    /// Fewer bytes are announced than are there, and the rest follows.
    Short(usize),
    /// The answer never comes.
    Hang,
    /// The connection is closed without an answer.
    Reset,
}

/// A fault, what it does, and whether it may change what the answer says without breaking it.
pub(super) struct Drawn {
    pub(super) fault: Fault,
    pub(super) name: String,
    /// A flipped digit in a valid answer is beyond anyone.
    pub(super) may_be_believed: bool,
}

/// Draws a fault for one of the exchanges.
pub(super) fn draw(draw: &mut Draw, exchange: &Exchange, all: &[Exchange]) -> Drawn {
    let length = exchange.body.len().max(1);
    let instead = |status: u16, body: Vec<u8>| Fault::Instead {
        status,
        content_type: exchange.content_type.clone(),
        body,
    };
    let mut may_be_believed = false;
    let (name, fault) = match draw.below(14) {
        0 => ("cut", Fault::Cut(draw.below(length))),
        1 => ("announced too short", Fault::Short(draw.below(length))),
        2 => ("hang", Fault::Hang),
        3 => ("reset", Fault::Reset),
        4 => ("repeated", instead(200, exchange.body.repeat(2))),
        5 => (
            "cut and announced so",
            instead(
                200,
                exchange.body[..draw.below(length).min(exchange.body.len())].to_vec(),
            ),
        ),
        6 => {
            may_be_believed = true;
            let mut body = exchange.body.clone();
            if let Some(byte) = body.get_mut(draw.below(length)) {
                *byte ^= draw.flip();
            }
            ("a byte changed", instead(200, body))
        }
        7 => {
            let status = [400, 401, 403, 404, 408, 418, 429][draw.below(7)];
            let body = br#"{"error_code":"RESOURCE_DOES_NOT_EXIST","message":"not here"}"#;
            let body = if draw.below(2) == 0 {
                body.to_vec()
            } else {
                Vec::new()
            };
            ("refused", instead(status, body))
        }
        8 => (
            "server error",
            instead([500, 502, 503, 504][draw.below(4)], b"oops".to_vec()),
        ),
        9 => (
            "a page",
            Fault::Instead {
                status: 200,
                content_type: "text/html".to_owned(),
                body: b"<html><body>Please log in</body></html>".to_vec(),
            },
        ),
        10 => {
            let other = &all[draw.below(all.len())];
            (
                "another's answer",
                instead(other.status, other.body.clone()),
            )
        }
        11 => (
            "nothing",
            instead(
                200,
                [&b"{}"[..], b"", b"null", b"[]"][draw.below(4)].to_vec(),
            ),
        ),
        _ => {
            may_be_believed = true;
            (
                "a field lost or null",
                instead(200, without_a_field(draw, &exchange.body)),
            )
        }
    };
    let may_be_believed =
        may_be_believed || matches!(&fault, Fault::Instead { body, .. } if *body == exchange.body);
    Drawn {
        fault,
        name: name.to_owned(),
        may_be_believed,
    }
}

/// The same document with one field gone, or null; as it is where it is no JSON.
fn without_a_field(draw: &mut Draw, body: &[u8]) -> Vec<u8> {
    let Ok(mut document) = serde_json::from_slice::<Value>(body) else {
        return Vec::new();
    };
    let mut places = Vec::new();
    pointers(&document, "", &mut places);
    if places.is_empty() {
        return Vec::new();
    }
    let place = &places[draw.below(places.len())];
    let (parent, key) = place.rsplit_once('/').unwrap();
    let key = key.replace("~1", "/").replace("~0", "~");
    match document.pointer_mut(parent).unwrap() {
        Value::Object(map) if draw.below(2) == 0 => drop(map.remove(&key)),
        Value::Object(map) => drop(map.insert(key, Value::Null)),
        Value::Array(items) => drop(items.remove(key.parse().unwrap())),
        _ => {}
    }
    serde_json::to_vec(&document).unwrap()
}

fn pointers(value: &Value, here: &str, places: &mut Vec<String>) {
    let children: Vec<(String, &Value)> = match value {
        Value::Object(map) => map
            .iter()
            .map(|(key, value)| (key.replace('~', "~0").replace('/', "~1"), value))
            .collect(),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .map(|(index, value)| (index.to_string(), value))
            .collect(),
        _ => Vec::new(),
    };
    if !here.is_empty() {
        places.push(here.to_owned());
    }
    for (key, child) in children {
        pointers(child, &format!("{here}/{key}"), places);
    }
}
