use std::time::Duration;

use super::Source;

#[test]
fn addresses_are_those_of_each_vendor() {
    let streamed = [
        (Source::flagkit("https://f.test/", "k"), "https://f.test/stream"),
        (Source::unleash("https://u.test", "k"), "https://u.test/api/client/streaming"),
        (Source::unleash("https://u.test/x/api/", "k"), "https://u.test/x/api/client/streaming"),
        (Source::launchdarkly("k"), "https://stream.launchdarkly.com/all"),
        (Source::launchdarkly_at("http://r:8030", "http://r:8030", "k"), "http://r:8030/all"),
    ];
    for (source, url) in streamed {
        assert_eq!(source.stream.expect("streamed").url, url);
    }
    let polled = [
        (Source::flagkit("https://f.test/", "k"), "https://f.test/api/v1/snapshot"),
        (Source::unleash("https://u.test", "k"), "https://u.test/api/client/features"),
        (Source::launchdarkly("k"), "https://sdk.launchdarkly.com/sdk/latest-all"),
        (
            Source::flagsmith("https://s.test/api/v1/", "k"),
            "https://s.test/api/v1/environment-document/",
        ),
        (
            Source::configcat("https://c.test", "a/b?"),
            "https://c.test/configuration-files/a/b%3F/config_v6.json",
        ),
        (Source::growthbook("https://g.test", "a/ü"), "https://g.test/api/features/a%2F%C3%BC"),
        (
            Source::eppo("https://e.test/api", "a&b"),
            "https://e.test/api/flag-config/v1/config?apiKey=a%26b",
        ),
        (Source::address("file-like"), "file-like"),
    ];
    for (source, url) in polled {
        assert_eq!(source.poll.url, url);
    }
}

#[test]
fn a_header_is_sent_once_whatever_its_case() {
    let source = Source::flagkit("https://f.test", "k").header("Authorization", "other");
    for endpoint in [&source.poll, source.stream.as_ref().expect("streamed")] {
        let found: Vec<_> =
            endpoint.headers.iter().filter(|(name, _)| name == "authorization").collect();
        assert_eq!(found, [&("authorization".to_owned(), "other".to_owned())]);
    }
}

#[test]
fn nothing_that_may_hold_a_key_is_shown() {
    let sources = [
        Source::flagkit("https://me:geheim@f.test/geheim", "geheim"),
        Source::configcat("https://f.test", "geheim"),
        Source::eppo("https://f.test", "geheim"),
        Source::address("https://f.test?token=geheim").header("x-key", "geheim"),
    ];
    for source in sources {
        let shown = format!("{source:?}");
        assert!(shown.contains("f.test") && !shown.contains("geheim"), "{shown}");
    }
}

#[test]
fn intervals_are_neither_hot_nor_forever() {
    let source = Source::address("https://f.test");
    assert_eq!(source.clone().poll_interval(Duration::ZERO).poll_interval, Duration::from_secs(1));
    assert_eq!(source.poll_interval(Duration::MAX).poll_interval, Duration::from_secs(86_400));
}
