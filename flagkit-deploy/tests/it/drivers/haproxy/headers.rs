//! Requests to an arm by their headers, whatever their bucket.

use super::*;
use crate::drivers::by_headers;

const HEADERS: [&str; 3] = ["X-Canary", "x-group", "cookie:beta"];

/// HAProxy with a map that divides, and that looks at these headers; each arm answers with its name.
fn looking(headers: &[&str]) -> (Running, u16, Haproxy) {
    let headers: Vec<String> = headers.iter().map(|name| (*name).to_owned()).collect();
    let lines = configuration(&Sticky {
        route: "shop".to_owned(),
        arms: vec!["stable".to_owned(), "canary".to_owned()],
        map: "FOLDER/map".to_owned(),
        user: "req.fhdr(x-user-id)".to_owned(),
        salt: "shop:release:variant:".to_owned(),
        buckets: 10_000,
        headers: headers.clone(),
    });
    let (running, port) = two_backends(&lines);
    let map = running.folder.path().join("map");
    let by = By::Map { map: map.display().to_string(), file: Some(map), buckets: 10_000, headers };
    let driver = Haproxy { by, ..Haproxy::new(socket(running.folder.path())) };
    (running, port, driver)
}

/// The arms of 500 users whose requests have this line, and how many of them the split alone sends to the canary.
fn arms(port: u16, line: &str, canary: u32) -> [usize; 2] {
    let flag = flag(10_000, canary);
    let mut client = Client::new(port);
    let mut counts = [0, 0];
    for number in 0..500 {
        let user = format!("user-{number}");
        let end = if line.is_empty() { "" } else { "\r\n" };
        let (status, arm) = client.get(&format!("X-User-Id: {user}{end}{line}"));
        assert_eq!(status, 200);
        counts[0] += usize::from(arm == "canary");
        counts[1] += usize::from(flag(&user) == "canary");
    }
    counts
}

#[track_caller]
fn all_go_to_the_canary(port: u16, lines: &[&str]) {
    for line in lines {
        assert_eq!(arms(port, line, 100_000)[0], 500, "{line}");
    }
}

#[track_caller]
fn all_go_by_weight(port: u16, lines: &[&str]) {
    for line in lines {
        let [counted, expected] = arms(port, line, 100_000);
        assert_eq!(counted, expected, "{line}");
        assert!((1..500).contains(&counted), "{line}");
    }
}

#[test]
fn a_header_goes_before_the_bucket_until_it_is_taken_back() {
    let (running, port, driver) = looking(&HEADERS);
    let plan = plan(json!({}));
    wait(carried_out(&driver, &split(100_000), &plan)).unwrap();
    let others = [
        "",
        "X-Canary: truE",
        "X-Canary: true ish",
        "X-Canary:",
        "X-Other: true",
        "Cookie: X-Canary=true",
    ];
    all_go_by_weight(port, &["X-Canary: true"]);
    wait(carried_out(&driver, &by_headers(&[("x-canary", "true")]), &plan)).unwrap();
    all_go_to_the_canary(
        port,
        &["X-Canary: true", "x-canary: true\r\nX-Group: 7\r\nCookie: beta=1"],
    );
    all_go_by_weight(port, &others);
    // A step changes the weight, and the rule stays; the file has both, so that a reload keeps them.
    wait(async {
        let (none, some) = (split(0), split(100_000));
        carried_out(&driver, &none, &plan).await.unwrap();
        assert_eq!(arms(port, "", 0), [0, 0]);
        assert_eq!(arms(port, "X-Canary: true", 0)[0], 500);
        carried_out(&driver, &some, &plan).await.unwrap();
    });
    let file = running.folder.path().join("map");
    let written = fs::read_to_string(&file).unwrap();
    assert!(written.contains("shop 0:1000\n"), "{written}");
    assert!(written.contains("shop/headers/canary "), "{written}");
    wait(carried_out(&driver, &by_headers(&[]), &plan)).unwrap();
    all_go_by_weight(port, &["X-Canary: true", ""]);
    assert_eq!(fs::read_to_string(file).unwrap(), "shop 0:1000\n");
}

#[test]
fn all_headers_and_cookies_of_a_rule_must_be_equal() {
    let (_running, port, driver) = looking(&HEADERS);
    let plan = plan(json!({}));
    wait(carried_out(&driver, &split(100_000), &plan)).unwrap();
    // Texts in which a map, a command or a line of a configuration would see more than a value.
    let group = "a b;c/=#\\%[src] äö";
    let both = [("X-GROUP", group), ("cookie:beta", "1")];
    wait(carried_out(&driver, &by_headers(&both), &plan)).unwrap();
    let group = format!("X-Group: {group}");
    let more = format!("{group}\r\nCookie: a=2; beta=1; c=3\r\nX-Canary: no");
    all_go_to_the_canary(port, &[&format!("{group}\r\nCookie: beta=1"), &more]);
    let wrong = format!("{group}\r\nCookie: beta=11");
    all_go_by_weight(port, &[&group, "Cookie: beta=1", &wrong, "X-Group: a\r\nCookie: beta=1"]);
    // Another rule of the arm takes the place of the first one.
    wait(carried_out(&driver, &by_headers(&[("cookie:beta", "2")]), &plan)).unwrap();
    all_go_to_the_canary(port, &["Cookie: beta=2"]);
    all_go_by_weight(port, &[&format!("{group}\r\nCookie: beta=1")]);
}

#[test]
fn a_configuration_that_looks_at_other_headers_sends_nobody_anywhere() {
    let (_running, port, mut driver) = looking(&["x-group", "x-canary"]);
    let plan = plan(json!({}));
    wait(carried_out(&driver, &split(100_000), &plan)).unwrap();
    if let By::Map { headers, .. } = &mut driver.by {
        *headers = vec!["x-canary".to_owned()];
    }
    wait(carried_out(&driver, &by_headers(&[("x-canary", "true")]), &plan)).unwrap();
    all_go_by_weight(port, &["X-Canary: true", "X-Group: true", ""]);
    if let By::Map { headers, .. } = &mut driver.by {
        *headers = vec!["x-canary".to_owned(), "X-Group".to_owned()];
    }
    wait(carried_out(&driver, &by_headers(&[("x-canary", "true")]), &plan)).unwrap();
    all_go_to_the_canary(port, &["X-Canary: true"]);
}

#[test]
fn an_arm_that_is_down_gets_no_requests_by_their_headers() {
    let down = port();
    let (running, _) = haproxy(&format!(
        "frontend shop\n    bind 127.0.0.1:PORT\n    default_backend shop-canary\n\
         backend shop-canary\n    server one 127.0.0.1:{down} check inter 50ms fall 1\n\
         backend other\n    http-request set-header x %[str(shop),map(FOLDER/map)]\n"
    ));
    let map = running.folder.path().join("map").display().to_string();
    let headers = vec!["x-canary".to_owned()];
    let by = By::Map { map, file: None, buckets: 10_000, headers };
    let mut driver = Haproxy { by, ..Haproxy::new(socket(running.folder.path())) };
    driver.timeout = Duration::from_millis(300);
    let plan = plan(json!({}));
    wait(async {
        let begin = Instant::now();
        loop {
            let applied = driver.apply(&by_headers(&[("x-canary", "true")]), &plan).await;
            if let Err(failure) = applied {
                assert_eq!(failure.kind, FailureKind::Transient);
                assert!(failure.message.contains("no server of `canary`"), "{failure}");
                break;
            }
            // Its first check has not failed yet.
            driver.apply(&by_headers(&[]), &plan).await.unwrap();
            assert!(begin.elapsed() < Duration::from_secs(20));
        }
        // The way back waits for nobody.
        driver.apply(&by_headers(&[]), &plan).await.unwrap();
    });
}

#[test]
fn what_haproxy_does_not_look_at_is_refused_before_anything_begins() {
    let route = |name: &str, value: &str| {
        let headers = json!({ name: value });
        let does = json!({ "name": "a", "step": "route", "arm": "canary", "headers": headers });
        let end = json!({ "name": "a", "step": "route", "arm": "canary", "headers": {} });
        plan(json!({ "steps": [does, end] }))
    };
    let said = |by: By, plan| {
        let driver = Haproxy { by, ..Haproxy::new(Socket::Unix("/nowhere".into())) };
        let refusals = driver.refusals(&plan);
        refusals.iter().map(ToString::to_string).collect::<Vec<String>>()
    };
    let map = |headers: &[&str]| By::Map {
        map: "map".to_owned(),
        file: None,
        buckets: 10_000,
        headers: headers.iter().map(|name| (*name).to_owned()).collect(),
    };
    assert_eq!(said(map(&["x-canary"]), route("X-Canary", "true")), Vec::<String>::new());
    for (by, plan, expected) in [
        (
            By::Weights,
            route("x-canary", "true"),
            "steps[0]: HAProxy sends requests to an arm by their headers only",
        ),
        (
            map(&["x-canary"]),
            route("x-group", "true"),
            "steps[0]: HAProxy's configuration is not said to look at the header `x-group`",
        ),
        (
            map(&["x-canary"]),
            route("x-canary", "a\nb"),
            "steps[0]: `a\\nb` is no value of `x-canary`",
        ),
        (
            map(&["x canary"]),
            route("x-canary", "1"),
            "drivers.haproxy.headers: `x canary` is no name of a header",
        ),
    ] {
        let said = said(by, plan);
        assert!(said.iter().any(|said| said.starts_with(expected)), "{said:?}");
    }
}
