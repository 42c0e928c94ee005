//! The status of the provider is that of its client.

use flagkit::Client;
use flagkit::provider::Provider;
use open_feature::provider::{FeatureProvider, ProviderStatus};

use super::FLAGS;

#[test]
fn flags_of_a_text_are_ready() {
    let provider = Provider::from(Client::from_text(FLAGS).unwrap());
    assert_eq!(provider.status(), ProviderStatus::Ready);
}

#[cfg(feature = "client")]
mod over_http {
    use std::io::{BufRead, BufReader, Write};
    use std::net::TcpListener;
    use std::time::Duration;

    use flagkit::{Client, Log, Options, source};
    use open_feature::{EvaluationContext, EvaluationErrorCode};

    use super::super::run;
    use super::{FLAGS, FeatureProvider, Provider, ProviderStatus};

    fn quiet(options: Options) -> Options {
        options.proxy("off").log(Log::Off)
    }

    /// Waits until the provider has one of these statuses, a minute at most.
    fn wait_for(provider: &Provider, wanted: &[ProviderStatus]) {
        for _ in 0..6_000 {
            if wanted.contains(&provider.status()) {
                return;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        unreachable!("still {:?}: {:?}", provider.status(), provider.client().status());
    }

    #[test]
    fn without_flags_a_provider_is_not_ready_and_then_in_error() {
        let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let builder = Client::builder().source(source::http(&format!("http://{nobody}/flags")));
        let client = builder.options(quiet).start_wait(Duration::ZERO).open().unwrap();
        let provider = Provider::new(client);
        let context = EvaluationContext::default();
        let error = run(provider.resolve_bool_value("on", &context)).unwrap_err();
        assert_eq!(error.code, EvaluationErrorCode::ProviderNotReady);
        wait_for(&provider, &[ProviderStatus::Error]);
    }

    #[test]
    fn flags_of_a_server_that_went_away_are_stale() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let once = std::thread::spawn(move || {
            let (mut connection, _) = listener.accept().unwrap();
            // Nobody else gets in.
            drop(listener);
            let head = BufReader::new(connection.try_clone().unwrap()).lines();
            assert!(head.map(Result::unwrap).any(|line| line.is_empty()));
            let length = FLAGS.len();
            let head = "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-type: application/yaml";
            write!(connection, "{head}\r\ncontent-length: {length}\r\n\r\n{FLAGS}").unwrap();
        });
        let builder = Client::builder().source(source::http(&format!("http://{address}/flags")));
        let client = builder.options(quiet).start_wait(Duration::from_secs(60)).open().unwrap();
        once.join().unwrap();
        let provider = Provider::new(client);
        wait_for(&provider, &[ProviderStatus::Ready]);
        provider.client().refresh();
        wait_for(&provider, &[ProviderStatus::STALE]);
        let context = EvaluationContext::default();
        assert!(run(provider.resolve_bool_value("on", &context)).unwrap().value);
    }
}
