//! A request as the scripted server reads it.

use std::io::{ErrorKind, Read};
use std::net::TcpStream;

use reqwest::Url;

/// A request as it arrived.
#[derive(Debug, Clone)]
pub(crate) struct Received {
    /// The method.
    pub(crate) method: String,
    /// The path, not decoded.
    pub(crate) path: String,
    /// The query, not decoded.
    pub(crate) query: String,
    /// The parameters, decoded.
    pub(crate) parameters: Vec<(String, String)>,
    /// The header lines, names in lower case.
    pub(crate) headers: Vec<(String, String)>,
    /// The body, of the length that was announced.
    pub(crate) body: Vec<u8>,
}

impl Received {
    /// The value of a header, if it was sent.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    }

    /// Path and query, as they were sent.
    pub(crate) fn target(&self) -> String {
        match self.query.as_str() {
            "" => self.path.clone(),
            query => format!("{}?{query}", self.path),
        }
    }

    /// Reads the next request; `None` when the connection or the test is over.
    pub(crate) fn next(stream: &mut TcpStream, is_over: &dyn Fn() -> bool) -> Option<Self> {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(read_byte(stream, is_over)?);
        }
        let mut request = parse(&String::from_utf8(head).expect("a head is text"));
        let chunked = request.header("transfer-encoding");
        assert_eq!(chunked, None, "only bodies of an announced length are read");
        let announced = request.header("content-length").unwrap_or("0");
        for _ in 0..announced.parse::<usize>().expect("a length is a number") {
            request.body.push(read_byte(stream, is_over)?);
        }
        Some(request)
    }
}

fn read_byte(stream: &mut TcpStream, is_over: &dyn Fn() -> bool) -> Option<u8> {
    let mut byte = [0];
    loop {
        match stream.read(&mut byte) {
            Ok(0) => return None,
            Ok(_) => return Some(byte[0]),
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                if is_over() {
                    return None;
                }
            }
            Err(_) => return None,
        }
    }
}

fn parse(head: &str) -> Received {
    let mut lines = head.lines();
    let mut start = lines.next().unwrap().split(' ');
    let method = start.next().unwrap().to_owned();
    let target = start.next().unwrap();
    let url = Url::parse(&format!("http://x{target}")).expect("a target is a path and a query");
    let headers = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    Received {
        method,
        path: url.path().to_owned(),
        query: url.query().unwrap_or_default().to_owned(),
        parameters: url.query_pairs().into_owned().collect(),
        headers,
        body: Vec::new(),
    }
}
