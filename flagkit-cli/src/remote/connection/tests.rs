use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::thread::{self, JoinHandle};

use serde_json::json;

use super::*;

/// Answers one request with these bytes, and returns what came.
fn answer_once(answer: String) -> (Url, JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = Url::parse(&format!("http://{}/base/", listener.local_addr().unwrap())).unwrap();
    let serving = thread::spawn(move || {
        let (socket, _) = listener.accept().unwrap();
        let mut lines = BufReader::new(socket);
        let mut came = String::new();
        while !came.ends_with("\r\n\r\n") {
            lines.read_line(&mut came).unwrap();
        }
        let length = came.lines().find_map(|line| line.strip_prefix("content-length: "));
        let mut body = vec![0; length.map_or(0, |length| length.parse().unwrap())];
        lines.read_exact(&mut body).unwrap();
        lines.get_mut().write_all(answer.as_bytes()).unwrap();
        came + std::str::from_utf8(&body).unwrap()
    });
    (url, serving)
}

fn response(status: &str, body: &str) -> String {
    let length = body.len();
    format!("HTTP/1.1 {status}\r\ncontent-length: {length}\r\nretry-after: 7\r\n\r\n{body}")
}

fn connection(url: Url) -> Connection {
    Connection::new(url, Some("fk_admin_secret"), Duration::from_secs(5), None).unwrap()
}

/// How a request is refused that gets this answer.
fn refusal(status: &str, body: &str) -> String {
    let (url, serving) = answer_once(response(status, body));
    let request = Request::patch(["flags", "beta"]).json("application/json", &json!({"a": 1}));
    let failure = connection(url).ask(request.unwrap()).unwrap_err();
    serving.join().unwrap();
    format!("{failure:?}")
}

#[test]
fn a_request_says_what_is_wanted_and_by_whom() {
    let (url, serving) = answer_once(response("200 OK", "[1]"));
    let request = Request::put(["flags", "a/b c?é"])
        .query("q", Some("x&y"))
        .query("none", None::<u8>)
        .header("flagkit-reason", Some("weil es Zeit für etwas Neues ist"))
        .unwrap()
        .json("application/json", &json!({"enabled": true}))
        .unwrap();
    let answer = connection(url).ask(request).unwrap();
    assert_eq!(answer.json::<Vec<u8>>().unwrap(), [1]);
    assert_eq!(answer.header("retry-after"), Some("7"));
    let came = serving.join().unwrap();
    assert!(came.starts_with("PUT /base/flags/a%2Fb%20c%3F%C3%A9?q=x%26y HTTP/1.1\r\n"), "{came}");
    for line in [
        "authorization: Bearer fk_admin_secret\r\n",
        "content-type: application/json\r\n",
        "flagkit-reason: weil es Zeit für etwas Neues ist\r\n",
        "user-agent: flagkit-cli/",
        "\r\n\r\n{\"enabled\":true}",
    ] {
        assert!(came.contains(line), "{line}: {came}");
    }
}

#[test]
fn the_key_is_not_shown() {
    let url = Url::parse("http://127.0.0.1:1").unwrap();
    let connection = connection(url);
    assert!(!format!("{connection:?} {:?}", connection.client).contains("secret"));
}

#[test]
fn a_refusal_says_what_is_wrong_and_how_to_mend_it() {
    let problem = r#"{"code":"not_found","message":"there is no flag `betta`","path":"key",
                      "hint":"did you mean `beta`?"}"#;
    let text = refusal("404 Not Found", problem);
    assert!(text.contains(r"there is no flag `betta`\n  did you mean `beta`?"), "{text}");
    assert!(!text.contains("key:"), "{text}");
    let problem = r#"{"code":"unauthorized","message":"there is no such key"}"#;
    let text = refusal("401 Unauthorized", problem);
    assert!(text.contains("FLAGKIT_KEY_FILE"), "{text}");
    let problem = r#"{"code":"too_many_requests","message":"slowly"}"#;
    assert!(refusal("429 Too Many Requests", problem).contains("try again in 7 s"));
}

#[test]
fn a_conflict_shows_both_versions() {
    let problem = r#"{"code":"conflict","message":"somebody was faster","details":
        {"kind":"flag","key":"beta","actual_revision":9,"current":{"enabled":false}}}"#;
    let text = refusal("409 Conflict", problem);
    assert!(text.contains(r#"there now, at revision 9: {\"enabled\":false}"#), "{text}");
    assert!(text.contains(r#"yours: {\"a\":1}"#), "{text}");
}

#[test]
fn all_that_is_wrong_with_a_document_is_told() {
    let problem = r#"{"code":"invalid_document","message":"first","path":"flags.a","details":
        {"diagnostics":[{"severity":"error","path":"flags.a","message":"first"},
                        {"severity":"warning","path":"flags.b","message":"second"}]}}"#;
    let text = refusal("422 Unprocessable Entity", problem);
    assert!(text.contains(r"flags.a: first\n  warning: flags.b: second"), "{text}");
}

#[test]
fn other_servers_are_told_from_flagkit() {
    let text = refusal("404 Not Found", "<html>");
    assert!(text.contains("not as a FlagKit server does; is --url right?"), "{text}");
    let (url, serving) = answer_once(response("200 OK", "<html>"));
    let answer = connection(url).ask(Request::get(["flags"])).unwrap();
    let failure = format!("{:?}", answer.json::<Vec<u8>>().unwrap_err());
    assert!(failure.contains("is it a FlagKit server"), "{failure}");
    serving.join().unwrap();
}

#[test]
fn nobody_there_is_said_in_words() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
    // Connected by the operating system, and never answered.
    let patience = Duration::from_millis(50);
    let silent = Connection::new(url.clone(), None, patience, None).unwrap();
    let failure = format!("{:?}", silent.ask(Request::get(["flags"])).unwrap_err());
    assert!(failure.contains("did not answer within 0.05 s"), "{failure}");
    let failure = format!("{:?}", silent.open(Request::get(["stream"])).unwrap_err());
    assert!(failure.contains("did not answer within 0.05 s"), "{failure}");
    drop(listener);
    let failure = format!("{:?}", connection(url).ask(Request::get(["flags"])).unwrap_err());
    assert!(failure.contains("nothing listens at http://127.0.0.1:"), "{failure}");
}

#[test]
fn steps_that_leave_the_path_are_no_names() {
    let connection = connection(Url::parse("http://127.0.0.1:1").unwrap());
    for step in [".", ".."] {
        let failure = format!("{:?}", connection.ask(Request::get(["flags", step])).unwrap_err());
        assert!(failure.contains("is no name"), "{failure}");
    }
}
