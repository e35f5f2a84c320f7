//! A line on which everything that crosses is written down.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// A line between the extension and Pubwatch on which everything is written down.
pub(super) fn tapped(upstream: String) -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let heard = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&heard);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let (upstream, kept) = (upstream.clone(), Arc::clone(&kept));
            std::thread::spawn(move || pass_on(stream.unwrap(), &upstream, &kept));
        }
    });
    (address, heard)
}

/// One request and its answer.
fn pass_on(mut from: TcpStream, upstream: &str, kept: &Mutex<Vec<String>>) {
    let mut bytes = Vec::new();
    let mut chunk = vec![0; 65536];
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, _)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| {
                let (name, value) = line.split_once(':')?;
                let is_it = name.eq_ignore_ascii_case("content-length");
                is_it.then(|| value.trim().parse::<usize>().unwrap())
            });
            if head.len() + 4 + length.unwrap_or(0) <= bytes.len() {
                break;
            }
        }
        match from.read(&mut chunk) {
            Ok(0) | Err(_) => return,
            Ok(read) => bytes.extend_from_slice(&chunk[..read]),
        }
    }
    let text = String::from_utf8(bytes).unwrap();
    kept.lock().unwrap().push(text.clone());
    let text = text.replace("Connection: keep-alive", "Connection: close");
    let mut to = TcpStream::connect(upstream).unwrap();
    to.write_all(text.as_bytes()).unwrap();
    let mut answer = Vec::new();
    let _ = to.read_to_end(&mut answer);
    let _ = from.write_all(&answer);
}
