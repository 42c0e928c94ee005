//! Scrapes that are rarer than the judge's looks.

use super::*;

/// Prometheus that scrapes the first ports every three seconds, and the last one five times a second.
fn two_paces(slow: &[u16], fast: u16) -> (Running, u16) {
    let port = port();
    let mut running = Running::start("prometheus", |folder| {
        let job = |name: &str, every: &str, ports: &[u16]| {
            let targets: Vec<String> =
                ports.iter().map(|port| format!("127.0.0.1:{port}")).collect();
            json!({ "job_name": name, "scrape_interval": every, "scrape_timeout": every,
                "static_configs": [{ "targets": targets }] })
        };
        let configuration =
            json!({ "scrape_configs": [job("slow", "3s", slow), job("fast", "200ms", &[fast])] });
        fs::write(folder.join("cfg.yml"), configuration.to_string()).unwrap();
        [
            "--config.file=cfg.yml".to_owned(),
            "--storage.tsdb.path=data".to_owned(),
            format!("--web.listen-address=127.0.0.1:{port}"),
        ]
        .to_vec()
    });
    running.until("Prometheus has scraped all", |_| {
        let has = |port: u16| {
            let answer = Client::new(port).ask("/api/v1/query?query=count(up==1)", "").1;
            answer.contains(&format!("\"{}\"", slow.len() + 1))
        };
        listens(port) && Client::new(port).ask("/-/ready", "").0 == 200 && has(port)
    });
    (running, port)
}

fn watched(query: &str, look: u64) -> Plan {
    let queries = json!({ "query": query, "exposures": query });
    plan(json!({
        "metrics": [metric("error_rate", json!({ "kind": "events" }), queries)],
        "judging": { "look": look },
    }))
}

#[test]
fn scrapes_that_are_rarer_than_looks_are_told_with_what_to_change() {
    let pages = [(); 4].map(|()| Page::default());
    pages[0].set("app_requests_total{arm=\"stable\"} 7\n");
    pages[1].set("app_requests_total{arm=\"canary\"} 3\n");
    pages[2]
        .set("proxy_requests_total{arm=\"stable\"} 7\nproxy_requests_total{arm=\"canary\"} 3\n");
    pages[3].set("other 1\n");
    let [stable, canary, proxy, other] = pages.each_ref().map(Page::serve);
    let (running, port) = two_paces(&[stable, canary, proxy], other);
    let url = format!("http://127.0.0.1:{port}");
    let driver =
        Metrics { prometheus: Some(Prometheus::new(Http::new().unwrap(), url)), pushed: None };
    let said = |query: &str, look: u64| wait(driver.warnings(&watched(query, look))).unwrap();
    let app = r#"app_requests_total{arm="{{arm}}"}"#;
    let found = said(app, 1000);
    let [words] = found.as_slice() else { panic!("{found:?}") };
    for expected in [
        "`error_rate`: Prometheus scrapes every 3s, and the judge looks every 1s",
        "set `judging.look` to 3s or more",
    ] {
        assert!(words.contains(expected), "{words}");
    }
    let amounts =
        r#"sum by (job, instance) (increase(app_requests_total{arm="{{arm}}"}[{{window}}]))"#;
    // Until there are two scrapes there is no series that could say where it is from.
    let begun = std::time::Instant::now();
    let mut found = Vec::new();
    while found.is_empty() && begun.elapsed() < Duration::from_secs(20) {
        found = said(amounts, 8000);
        std::thread::sleep(Duration::from_millis(100));
    }
    assert!(found[0].contains("set `judging.look` to 12s or more"), "{found:?}");
    // Both sides in one scrape, looks that are long enough, and series that do not say whose they are.
    assert_eq!(said(r#"proxy_requests_total{arm="{{arm}}"}"#, 1000), Vec::<String>::new());
    assert_eq!(said(app, 3000), Vec::<String>::new());
    assert_eq!(said(r#"sum(app_requests_total{arm="{{arm}}"})"#, 1000), Vec::<String>::new());
    // Of the sum nobody knows where it is from, but nothing is scraped that often.
    let found = said(r#"sum(app_requests_total{arm="{{arm}}"})"#, 100);
    assert!(found[0].contains("scrapes every 200ms"), "{found:?}");
    drop(running);
    let gone = wait(driver.warnings(&watched(app, 1000))).unwrap_err();
    assert_eq!(gone.kind, FailureKind::Transient);
}
