//! Requests to an arm by their headers, whatever the fractions.

use flagkit_deploy::driver::Driver;

use super::*;
use crate::drivers::by_headers;

fn rule(headers: &[(&str, &str)]) -> BTreeMap<String, String> {
    headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

const SIMPLE: [(&str, &str); 1] = [("X-Canary", "true")];
// Texts in which a query, a name or an expression would see more than a value.
const HARD: [(&str, &str); 2] = [("x-group", "a b&c=d/%41.*+äö"), ("cookie:beta", "a.b")];

fn canaries(door: u16, line: &str) -> usize {
    let mut client = Client::new(door);
    let answers = (0..300).map(|_| client.get(line));
    answers
        .filter(|(status, body)| {
            assert_eq!(*status, 200);
            body == "canary"
        })
        .count()
}

/// With the canary at 10 %: six standard deviations of 300 draws are at most 32.
#[track_caller]
fn by_weight(door: u16, line: &str) {
    let counted = canaries(door, line);
    assert!((1..=62).contains(&counted), "{line}: {counted}");
}

fn tenth() -> flagkit_deploy::order::Order {
    let weights = [900_000, 100_000, 0].map(|ppm| Weight::from_ppm(ppm).unwrap());
    order(Wanted::Split {
        route: "shop".to_owned(),
        arms: ARMS.map(str::to_owned).to_vec(),
        split: Split::new(weights.to_vec()).unwrap(),
    })
}

fn switched(driver: &Envoy, door: u16) {
    let plan = plan(json!({}));
    wait(carried_out(driver, &tenth(), &plan)).unwrap();
    by_weight(door, "X-Canary: true");
    wait(carried_out(driver, &by_headers(&SIMPLE), &plan)).unwrap();
    assert_eq!(canaries(door, "X-Canary: true"), 300);
    by_weight(door, "");
    by_weight(door, "X-Canary: True");
    // Another rule of the arm takes the place of the first one.
    wait(carried_out(driver, &by_headers(&HARD), &plan)).unwrap();
    let group = format!("X-Group: {}", HARD[0].1);
    assert_eq!(canaries(door, &format!("{group}\r\nCookie: beta=a.b")), 300);
    assert_eq!(canaries(door, &format!("{group}\r\nCookie: x=1; beta=a.b; y=2")), 300);
    for line in
        ["X-Canary: true", &group, "Cookie: beta=a.b", &format!("{group}\r\nCookie: beta=axb")]
    {
        by_weight(door, line);
    }
    wait(carried_out(driver, &by_headers(&[]), &plan)).unwrap();
    by_weight(door, &format!("{group}\r\nCookie: beta=a.b"));
    by_weight(door, "");
}

#[test]
fn a_header_goes_before_the_fractions_until_it_is_taken_back() {
    let (_running, admin, door) = envoy_with(false, &[rule(&SIMPLE), rule(&HARD)]);
    let driver = Envoy::new(Http::new().unwrap(), format!("http://127.0.0.1:{admin}"));
    switched(&driver, door);
}

#[test]
fn a_header_goes_before_the_fractions_by_a_file_that_is_watched() {
    let (running, admin, door) = envoy_with(true, &[rule(&SIMPLE), rule(&HARD)]);
    let mut driver = Envoy::new(Http::new().unwrap(), format!("http://127.0.0.1:{admin}"));
    driver.file = Some(running.folder.path().join("rtds.json"));
    driver.timeout = std::time::Duration::from_secs(10);
    switched(&driver, door);
}

#[test]
fn a_rule_without_a_route_is_refused_and_its_end_is_not() {
    let (_running, admin, door) = envoy_with(false, &[rule(&SIMPLE)]);
    let driver = Envoy::new(Http::new().unwrap(), format!("http://127.0.0.1:{admin}"));
    let plan = plan(json!({}));
    let failure = wait(driver.apply(&by_headers(&[("x-canary", "yes")]), &plan)).unwrap_err();
    assert_eq!(failure.kind, FailureKind::Permanent);
    assert!(failure.message.contains("no route with these headers"), "{failure}");
    assert_eq!(canaries(door, "X-Canary: yes"), 0);
    wait(driver.apply(&by_headers(&[]), &plan)).unwrap();
    let does = json!({ "name": "a", "step": "route", "arm": "canary", "headers": { "x-canary": "a\r\nb" } });
    let plan = super::plan(json!({ "steps": [does] }));
    let refused = driver.refusals(&plan);
    assert_eq!(refused[0].path, "steps[0]");
    assert!(refused[0].problem.contains("is no value of `x-canary`"), "{}", refused[0]);
}
