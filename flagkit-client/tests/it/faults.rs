use std::io::{Read, Write};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::application::{Application, OFF, ON, becomes, options, within};
use crate::server::{Behaviour, Server, event};

#[test]
fn a_connection_that_stays_open_and_says_nothing_is_left() {
    let server = Server::start(&[("a", OFF)]);
    let application = Application::of(&server);
    assert!(becomes(|| application.publisher.status().connected));
    // No heartbeats and no answers, but no end of any connection either.
    server.state().behaviour = Behaviour::Silent;
    assert!(becomes(|| !application.publisher.status().connected));
    let error = application.publisher.status().last_error.unwrap();
    assert!(error.contains("silent") || error.contains("nothing"), "{error}");
    server.state().behaviour = Behaviour::Serve;
    server.set("a", Some(ON));
    assert!(becomes(|| application.is_on("a")));
}

#[test]
fn half_an_event_is_no_event() {
    let server = Server::start(&[("a", ON)]);
    let snapshot = {
        let state = server.state();
        event("snapshot", Some(&state.version), &state.snapshot())
    };
    let wait = || options(&server).start_wait(Duration::from_millis(100));
    for end in [snapshot.len() / 2, snapshot.len() - 1] {
        server.state().behaviour = Behaviour::Cut(snapshot[..end].to_owned());
        let application = Application::with(wait());
        assert!(becomes(|| application.publisher.status().last_error.is_some()));
        assert!(!application.publisher.is_ready(), "{end} of {} bytes", snapshot.len());
        server.state().behaviour = Behaviour::Serve;
        assert!(becomes(|| application.is_on("a")));
    }
    server.state().behaviour = Behaviour::Cut(snapshot);
    assert!(Application::with(wait().start_wait(Duration::from_secs(30))).is_on("a"));
}

#[test]
fn an_event_of_ten_megabytes_arrives() {
    let server = Server::start(&[]);
    let padding = "x".repeat(1000);
    for number in 0..10_000 {
        let json = format!(r#"{{"enabled":false,"description":"{padding}"}}"#);
        server.state().flags.insert(format!("flag-{number}"), json);
    }
    server.state().flags.insert("a".to_owned(), ON.to_owned());
    assert!(server.state().snapshot().len() > 10_000_000);
    let application = Application::with(options(&server).start_wait(Duration::from_secs(120)));
    assert!(application.is_on("a"));
    server.set("a", Some(OFF));
    assert!(becomes(|| !application.is_on("a")));
}

#[test]
fn an_answer_that_drips_holds_nobody_up() {
    let server = Server::start(&[("a", ON)]);
    server.state().behaviour = Behaviour::Drip;
    let application = Application::with(options(&server).start_wait(Duration::ZERO));
    // The machine gives a head ten seconds.
    assert!(becomes(|| application.publisher.status().last_error.is_some()));
    server.state().behaviour = Behaviour::Serve;
    assert!(becomes(|| application.is_on("a")));
    server.state().behaviour = Behaviour::Drip;
    server.drop_connections();
    let closing = Instant::now();
    drop(application);
    assert!(closing.elapsed() < Duration::from_secs(10));
}

#[test]
fn a_server_that_asks_for_patience_gets_it() {
    let server = Server::start(&[("a", ON)]);
    server.state().behaviour = Behaviour::Refuse(503, "retry-after: 3\r\n".to_owned());
    let application = Application::with(options(&server).start_wait(Duration::ZERO));
    assert!(becomes(|| application.publisher.status().last_error.is_some()));
    let count = || server.state().requests.len();
    // A way that is closed for now is not the only one: each of the two is tried once.
    assert!(!within(Duration::from_millis(2_500), || count() > 2), "{:?}", server.state().requests);
    server.state().behaviour = Behaviour::Serve;
    assert!(becomes(|| application.is_on("a")));
}

#[test]
fn neither_threads_nor_connections_nor_memory_pile_up() {
    let server = Server::start(&[("a", ON)]);
    let application = Application::of(&server);
    let reconnect = |times: usize| {
        for _ in 0..times {
            let before = server.state().requests.len();
            application.updater.refresh();
            assert!(becomes(|| server.state().requests.len() > before));
        }
    };
    let usage = || {
        // The server notices with its next heartbeat who has gone.
        assert!(becomes(|| server.listeners() == 1));
        Usage::of_this_process()
    };
    reconnect(100);
    let before = usage();
    reconnect(900);
    let after = usage();
    assert!(application.is_on("a"));
    // Other tests of this process come and go meanwhile.
    assert!(after.threads < before.threads + 100, "{before:?} {after:?}");
    assert!(after.files < before.files + 100, "{before:?} {after:?}");
    assert!(after.memory_kb < before.memory_kb + 100_000, "{before:?} {after:?}");
}

/// What the process uses, as the system sees it; nothing where the system does not tell.
#[derive(Debug, Default)]
struct Usage {
    threads: usize,
    files: usize,
    memory_kb: usize,
}

impl Usage {
    fn of_this_process() -> Self {
        let Ok(status) = std::fs::read_to_string("/proc/self/status") else {
            return Self::default();
        };
        let number = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
            line.split_whitespace().next().unwrap().parse().unwrap()
        };
        let files = std::fs::read_dir("/proc/self/fd").unwrap().count();
        Self { threads: number("Threads:"), memory_kb: number("VmRSS:"), files }
    }
}

/// A certificate for `localhost` and this machine, with its key.
fn certificate() -> (CertificateDer<'static>, PrivateKeyDer<'static>, String) {
    let names = ["localhost".to_owned(), "127.0.0.1".to_owned()];
    let made = rcgen::generate_simple_self_signed(names).unwrap();
    let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
    (made.cert.der().clone(), key, made.cert.pem())
}

/// A server behind TLS, and its certificate in PEM.
fn encrypted(flags: &[(&str, &str)]) -> (Server, String) {
    let (certificate, key, pem) = certificate();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    let config = Arc::new(config);
    let accept = move |stream| {
        let connection = rustls::ServerConnection::new(config.clone()).ok()?;
        Some(Box::new(rustls::StreamOwned::new(connection, stream)) as _)
    };
    (Server::on("127.0.0.1:0".parse().unwrap(), flags, Arc::new(accept)), pem)
}

#[test]
fn a_certificate_is_trusted_if_the_application_says_so() {
    let (server, pem) = encrypted(&[("a", ON)]);
    let url = format!("https://{}", server.address);
    let wait = || options(&server).server(&url, "key").start_wait(Duration::from_millis(500));
    let application = Application::with(wait());
    assert!(becomes(|| application.publisher.status().last_error.is_some()));
    let error = application.publisher.status().last_error.unwrap();
    assert!(error.contains("certificate"), "{error}");
    assert!(!application.publisher.is_ready());
    let path = std::env::temp_dir().join(format!("flagkit-ca-{}.pem", std::process::id()));
    std::fs::write(&path, pem).unwrap();
    let trusting = wait().ca_file(&path).start_wait(Duration::from_secs(60));
    assert!(Application::with(trusting).is_on("a"));
    std::fs::write(&path, "no certificate").unwrap();
    let error = Application::open(wait().ca_file(&path)).err().unwrap();
    assert!(error.is_configuration(), "{error}");
    std::fs::remove_file(path).unwrap();
}

#[test]
fn a_server_that_speaks_no_tls_is_told_apart_from_none() {
    let server = Server::start(&[("a", ON)]);
    let url = format!("https://{}", server.address);
    let options = options(&server).server(url, "key").start_wait(Duration::ZERO);
    let application = Application::with(options);
    assert!(becomes(|| application.publisher.status().last_error.is_some()));
    let error = application.publisher.status().last_error.unwrap();
    assert!(!error.contains("Bearer") && !error.contains("key"), "{error}");
    assert!(!application.publisher.is_ready());
}

#[test]
fn a_proxy_is_asked_for_everything() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let proxy = format!("http://{}", listener.local_addr().unwrap());
    let asked = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut head = [0; 4096];
        let length = stream.read(&mut head).unwrap();
        write!(stream, "HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n").unwrap();
        String::from_utf8(head[..length].to_vec()).unwrap()
    });
    let options = flagkit_client::Options::new()
        .server("http://flags.invalid:1234", "key")
        .proxy(proxy)
        .log(flagkit_client::Log::Off)
        .start_wait(Duration::ZERO);
    let _application = Application::with(options);
    let head = asked.join().unwrap();
    assert!(head.starts_with("GET http://flags.invalid:1234/stream HTTP/1.1\r\n"), "{head}");
}
