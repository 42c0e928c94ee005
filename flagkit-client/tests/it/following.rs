use std::sync::{Arc, Mutex};
use std::time::Duration;

use flagkit_client::Origin;

use crate::application::{Application, OFF, ON, becomes, options};
use crate::server::{Behaviour, Server, field};

#[test]
fn changes_of_the_server_arrive() {
    let server = Server::start(&[("a", OFF), ("b", ON)]);
    let application = Application::of(&server);
    assert!(
        !application.is_on("a") && application.is_on("b"),
        "the start waits for the first flags"
    );
    let heard = Arc::new(Mutex::new(Vec::new()));
    let to = heard.clone();
    let _subscription = application.publisher.subscribe(move |change| {
        to.lock().unwrap().extend(change.flags.clone());
    });
    server.set("a", Some(ON));
    assert!(becomes(|| application.is_on("a")));
    server.set("b", None);
    assert!(becomes(|| !application.is_on("b")));
    assert_eq!(*heard.lock().unwrap(), ["a", "b"]);
    let status = application.publisher.status();
    assert_eq!((status.source, status.connected), (Origin::Live, true));
    assert_eq!(status.version.unwrap().to_string(), "e1:3");
    assert!(status.age.unwrap() < Duration::from_secs(60));
    assert_eq!((status.last_error, status.last_problem), (None, None));
    let head = server.state().requests[0].clone();
    assert_eq!(field(&head, "authorization"), Some("Bearer key"));
    assert!(field(&head, "user-agent").unwrap().starts_with("flagkit-rust/"));
}

#[test]
fn a_server_that_was_killed_and_comes_back_is_followed_again() {
    let server = Server::start(&[("a", OFF)]);
    let application = Application::of(&server);
    let address = server.address;
    drop(server);
    let is_told = || {
        let status = application.publisher.status();
        !status.connected && status.last_error.is_some()
    };
    assert!(becomes(is_told));
    assert!(application.publisher.is_ready(), "what was held is still held");
    let server = Server::on(address, &[("a", ON)], Arc::new(|stream| Some(Box::new(stream))));
    server.state().version.number = 2;
    assert!(becomes(|| application.is_on("a")));
    assert!(becomes(|| application.publisher.status().connected));
    let status = application.publisher.status();
    assert_eq!((status.connected, status.last_error), (true, None));
    let resumed = server.state().requests[0].clone();
    assert_eq!(field(&resumed, "last-event-id"), Some("e1:1"), "only what changed is asked for");
}

#[test]
fn a_server_that_says_goodbye_is_left_and_found_again() {
    let server = Server::start(&[("a", OFF)]);
    let application = Application::of(&server);
    assert!(becomes(|| server.listeners() == 1));
    server.say_goodbye();
    assert!(becomes(|| server.state().requests.len() == 2));
    server.set("a", Some(ON));
    assert!(becomes(|| application.is_on("a")));
}

#[test]
fn a_server_can_be_polled() {
    let server = Server::start(&[("a", OFF)]);
    let often = Duration::from_secs(1);
    let application = Application::with(options(&server).polled().poll_interval(often));
    assert!(!application.is_on("a"));
    server.set("a", Some(ON));
    assert!(becomes(|| application.is_on("a")));
    assert!(becomes(|| {
        let requests = &server.state().requests;
        requests.iter().any(|head| field(head, "if-none-match") == Some("\"e1:2\""))
    }));
    assert_eq!(server.listeners(), 0);
}

#[test]
fn a_stream_that_is_not_there_is_replaced_by_polling() {
    let server = Server::start(&[("a", ON)]);
    server.state().behaviour = Behaviour::Refuse(501, String::new());
    let often = Duration::from_secs(1);
    let wait = options(&server).poll_interval(often).start_wait(Duration::ZERO);
    let application = Application::with(wait);
    assert!(becomes(|| server.state().requests.len() > 1));
    assert!(server.state().requests[1].starts_with("GET /api/v1/snapshot "));
    server.state().behaviour = Behaviour::Serve;
    assert!(becomes(|| application.is_on("a")));
}

#[cfg(unix)]
#[test]
fn a_socket_can_stand_for_a_host() {
    use std::io::{Read, Write};
    use std::os::unix::net::UnixListener;

    let path = std::env::temp_dir().join(format!("flagkit-socket-{}", std::process::id()));
    let _ = std::fs::remove_file(&path);
    let listener = UnixListener::bind(&path).unwrap();
    let document = Server::start(&[("a", ON)]).state().snapshot();
    let served = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut head = [0; 4096];
        let length = stream.read(&mut head).unwrap();
        let (count, event) =
            (document.len() + 24, format!("event: snapshot\ndata: {document}\n\n"));
        assert_eq!(count, event.len());
        write!(
            stream,
            "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\
             transfer-encoding: chunked\r\n\r\n{count:x}\r\n{event}\r\n"
        )
        .unwrap();
        stream.flush().unwrap();
        // Open until the application is done.
        let _ = stream.read(&mut [0]);
        String::from_utf8(head[..length].to_vec()).unwrap()
    });
    let url = format!("unix:{}", path.display());
    let options = flagkit_client::Options::new().server(url, "key");
    let application = Application::with(options);
    assert!(application.is_on("a"));
    drop(application);
    assert!(served.join().unwrap().starts_with("GET /stream HTTP/1.1\r\n"));
    std::fs::remove_file(path).unwrap();
}
