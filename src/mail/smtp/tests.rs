use tokio::net::{TcpListener, TcpSocket};

use super::*;

/// A listener that is not listened to any more: whoever connects hears nothing, as behind a line
/// that drops all it is given. And what fills it.
async fn silent() -> (TcpListener, Vec<TcpStream>) {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(1).unwrap();
    let address = listener.local_addr().unwrap();
    let mut waiting = Vec::new();
    for _ in 0..1000 {
        let connecting = TcpStream::connect(address);
        match timeout(Duration::from_millis(200), connecting).await {
            Ok(connected) => waiting.push(connected.unwrap()),
            Err(_) => break,
        }
    }
    (listener, waiting)
}

#[tokio::test]
async fn an_address_that_is_silent_or_refuses_leaves_time_for_the_next_one() {
    let (silent, _waiting) = silent().await;
    let silent = silent.local_addr().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let good = listener.local_addr().unwrap();
    // A port that was free a moment ago.
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let refusing = free.local_addr().unwrap();
    drop(free);
    let limit = Duration::from_secs(1);
    for addresses in [vec![good], vec![silent, good], vec![silent, refusing, good]] {
        let stream = connected(&addresses, limit).await.unwrap();
        assert_eq!(stream.peer_addr().unwrap(), good);
    }
    for (addresses, words) in [
        (vec![], "the server has no address"),
        (vec![refusing, silent], "no answer within 1 seconds"),
        (vec![silent, refusing], "refused"),
    ] {
        let trouble = connected(&addresses, limit).await.unwrap_err();
        assert_eq!(trouble.stage, Stage::Connect);
        assert!(trouble.words.contains(words), "{trouble:?}");
    }
}

#[test]
fn dots_at_the_beginning_of_lines_are_doubled_and_the_last_one_ends_the_letter() {
    for (letter, expected) in [
        ("a\r\n.\r\n..b\r\n", "a\r\n..\r\n...b\r\n.\r\n"),
        (".", "..\r\n.\r\n"),
        ("a.b", "a.b\r\n.\r\n"),
    ] {
        assert_eq!(on_the_line(letter.as_bytes()), expected.as_bytes());
    }
}
