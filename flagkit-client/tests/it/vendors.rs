//! Vendors' services, as far as a socket shows them: addresses, keys and what arrives.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use flagkit_client::{Log, Options, Origin, source};

use crate::application::{Application, becomes};
use crate::server::field;

/// A path, the head of what is answered there, and the body.
type Answer = (&'static str, &'static str, &'static str);

/// Answers requests with what stands beside their paths. Event streams stay open.
struct Service {
    url: String,
    heads: Arc<Mutex<Vec<String>>>,
}

impl Service {
    fn start(answers: &'static [Answer]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let heads = Arc::new(Mutex::new(Vec::new()));
        let kept = heads.clone();
        // It ends with the process of the tests.
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (mut stream, kept) = (stream.unwrap(), kept.clone());
                std::thread::spawn(move || {
                    let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
                    loop {
                        let head: Vec<String> = lines
                            .by_ref()
                            .map_while(Result::ok)
                            .take_while(|line| !line.is_empty())
                            .collect();
                        let Some(path) = head.first().and_then(|line| line.split(' ').nth(1))
                        else {
                            return;
                        };
                        let found = answers.iter().find(|(known, _, _)| known == &path);
                        let (_, answer, body) = found.unwrap_or(&NOT_FOUND);
                        kept.lock().unwrap().push(head.join("\n"));
                        let length = body.len();
                        let is_stream = answer.contains("event-stream");
                        let length = format!("content-length: {length}\r\n");
                        let end = if is_stream { "" } else { &length };
                        if write!(stream, "HTTP/1.1 {answer}\r\n{end}\r\n{body}").is_err() {
                            return;
                        }
                    }
                });
            }
        });
        Self { url, heads }
    }

    /// The value of a header in the request for a path.
    fn asked(&self, path: &str, header: &str) -> Option<String> {
        let heads = self.heads.lock().unwrap();
        let head = heads.iter().find(|head| head.starts_with(&format!("GET {path} ")))?;
        field(head, header).map(str::to_owned)
    }
}

const NOT_FOUND: Answer = ("", "404 Not Found", "");

fn follow(source: source::Source) -> Application {
    let limit = std::time::Duration::from_secs(30);
    let options = Options::new().source(source).proxy("off").log(Log::Off).start_wait(limit);
    Application::with(options)
}

#[test]
fn unleash_without_streams_is_polled() {
    let service = Service::start(&[(
        "/api/client/features",
        "200 OK\r\ncontent-type: application/json\r\netag: \"1\"",
        r#"{"version":2,"features":[{"name":"a","enabled":true,"strategies":[{"name":"default"}]}]}"#,
    )]);
    let application = follow(source::unleash(&format!("{}/api/", service.url), "*:test.secret"));
    assert!(application.is_on("a"));
    assert!(becomes(|| application.publisher.status().connected));
    assert_eq!(application.publisher.status().source, Origin::Live);
    let token = service.asked("/api/client/features", "authorization");
    assert_eq!(token.as_deref(), Some("*:test.secret"));
    assert!(service.asked("/api/client/streaming", "accept").is_some(), "a stream is tried first");
}

#[test]
fn launchdarkly_is_streamed() {
    let service = Service::start(&[(
        "/all",
        "200 OK\r\ncontent-type: text/event-stream",
        "event: put\n\
         data: {\"path\":\"/\",\"data\":{\"flags\":{\"a\":{\"key\":\"a\",\"version\":1,\"on\":true,\
         \"variations\":[false,true],\"fallthrough\":{\"variation\":1},\"salt\":\"s\"}},\"segments\":{}}}\n\n\
         event: patch\ndata: {\"path\":\"/flags/b\",\"data\":{\"key\":\"b\",\"version\":2,\"on\":true,\
         \"variations\":[false,true],\"fallthrough\":{\"variation\":1},\"salt\":\"s\"}}\n\n",
    )]);
    let application = follow(source::launchdarkly_relay(&service.url, "sdk-key"));
    assert!(becomes(|| application.is_on("a") && application.is_on("b")));
    assert_eq!(service.asked("/all", "authorization").as_deref(), Some("sdk-key"));
}

#[test]
fn a_document_at_any_address_is_read_in_the_dialect_that_is_said() {
    let service = Service::start(&[(
        "/flags.json?v=1",
        "200 OK",
        r#"{"flags":{"a":{"state":"ENABLED","variants":{"on":true,"off":false},"defaultVariant":"on"}}}"#,
    )]);
    let flagd = source::http(&format!("{}/flags.json?v=1", service.url))
        .header("x-key", "secret")
        .dialect(flagkit_dialects::Dialect::Flagd);
    let application = follow(flagd);
    assert!(application.is_on("a"));
    assert_eq!(service.asked("/flags.json?v=1", "x-key").as_deref(), Some("secret"));
}

#[test]
fn a_redirect_to_another_host_is_not_followed_with_a_key() {
    let service =
        Service::start(&[("/flags", "302 Found\r\nlocation: http://other.invalid/flags", "")]);
    let options = Options::new()
        .source(source::http(&format!("{}/flags", service.url)).header("x-key", "secret"))
        .proxy("off")
        .log(Log::Off)
        .start_wait(std::time::Duration::ZERO);
    let application = Application::with(options);
    assert!(becomes(|| application.publisher.status().last_error.is_some()));
    let error = application.publisher.status().last_error.unwrap();
    assert!(error.contains("302"), "{error}");
}
