//! The receiver: `POST /v1/metrics` with a record in each line, `POST /v1/alerts` from Alertmanager, and
//! `GET /metrics` with what the engine says about its own work.

use std::convert::Infallible;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use serde_json::{Value, json};
use subtle::ConstantTimeEq;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinSet;

use super::alerts::{self, Alarm};
use super::{Collector, Pushed, Taken};
use crate::time::Time;

/// What a page says now.
pub type Page = Arc<dyn Fn() -> Pin<Box<dyn Future<Output = String> + Send>> + Send + Sync>;

/// Receives what is pushed over HTTP/1.1.
///
/// At most 256 connections, 1 MiB and ten seconds for a request. It speaks no TLS: it listens where
/// only its own network can reach it, or behind a proxy.
#[derive(Clone)]
pub struct Receiver {
    /// Where metrics go.
    pub collector: Collector,
    /// Where alerts go; without it they are refused. While it is full Alertmanager is asked to try again.
    pub alerts: Option<mpsc::Sender<Alarm>>,
    /// What `GET /metrics` answers, in Prometheus's text format; without it there is no such page.
    pub page: Option<Page>,
    /// What a request must carry as `Authorization: Bearer KEY`, if anything.
    pub key: Option<String>,
}

impl std::fmt::Debug for Receiver {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Receiver")
            .field("collector", &self.collector)
            .finish_non_exhaustive()
    }
}

impl Receiver {
    /// Serves for as long as the listener accepts connections. Its connections end when this is dropped.
    ///
    /// # Errors
    ///
    /// If it accepts none any more.
    pub async fn serve(self, listener: TcpListener) -> io::Result<()> {
        let places = Arc::new(Semaphore::new(CONNECTIONS_MAX));
        let mut connections = JoinSet::new();
        loop {
            let Ok(place) = Arc::clone(&places).acquire_owned().await else { return Ok(()) };
            let stream = match listener.accept().await {
                Ok((stream, _)) => stream,
                Err(error) if is_of_one_connection(&error) => continue,
                Err(error) => return Err(error),
            };
            while connections.try_join_next().is_some() {}
            let receiver = self.clone();
            connections.spawn(async move {
                let service = service_fn(move |request| {
                    let receiver = receiver.clone();
                    async move { Ok::<_, Infallible>(receiver.answer(request).await) }
                });
                let mut http = hyper::server::conn::http1::Builder::new();
                http.timer(TokioTimer::new()).header_read_timeout(REQUEST_MAX);
                // A connection that breaks is the business of whoever broke it.
                let _ = http.serve_connection(TokioIo::new(stream), service).await;
                drop(place);
            });
        }
    }

    async fn answer(&self, request: Request<Incoming>) -> Response<Full<Bytes>> {
        let (parts, body) = request.into_parts();
        if !self.is_allowed(&parts.headers) {
            return said(
                StatusCode::UNAUTHORIZED,
                &json!({ "error": "a key is needed: `Authorization: Bearer KEY`" }),
            );
        }
        if let (&Method::GET, "/metrics", Some(page)) =
            (&parts.method, parts.uri.path(), &self.page)
        {
            return plain(page().await);
        }
        if parts.method != Method::POST {
            return said(
                StatusCode::METHOD_NOT_ALLOWED,
                &json!({ "error": "POST is understood here" }),
            );
        }
        let body = tokio::time::timeout(REQUEST_MAX, Limited::new(body, BODY_MAX).collect()).await;
        let Ok(Ok(body)) = body else {
            let error = format!("the body is longer than {BODY_MAX} bytes, or took too long");
            return said(StatusCode::PAYLOAD_TOO_LARGE, &json!({ "error": error }));
        };
        let body = body.to_bytes();
        match parts.uri.path() {
            "/v1/metrics" => {
                let (status, answer) = self.metrics(&body, now());
                said(status, &answer)
            }
            "/v1/alerts" => self.alert(&body),
            _ => said(
                StatusCode::NOT_FOUND,
                &json!({ "error": "there are /v1/metrics and /v1/alerts" }),
            ),
        }
    }

    /// Takes records, one in each line. What is refused is named by its line; the others count.
    fn metrics(&self, body: &[u8], now: Time) -> (StatusCode, Value) {
        let (mut taken, mut duplicates, mut refused, mut named) = (0, 0, 0, Vec::new());
        let lines = body.split(|byte| *byte == b'\n').enumerate();
        for (at, line) in lines.filter(|(_, line)| !line.trim_ascii().is_empty()) {
            let pushed = serde_json::from_slice::<Pushed>(line).map_err(|error| error.to_string());
            match pushed.and_then(|pushed| self.collector.push(&pushed, now)) {
                Ok(Taken::New) => taken += 1,
                Ok(Taken::Duplicate) => duplicates += 1,
                Err(why) => {
                    refused += 1;
                    if named.len() < NAMED_MAX {
                        named.push(json!({ "line": at + 1, "why": why }));
                    }
                }
            }
        }
        let all_refused = refused > 0 && taken + duplicates == 0;
        let status = if all_refused { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
        let answer = json!({
            "taken": taken, "duplicates": duplicates, "refused": refused, "first_refused": named,
        });
        (status, answer)
    }

    fn alert(&self, body: &[u8]) -> Response<Full<Bytes>> {
        let Some(sender) = &self.alerts else {
            return said(StatusCode::NOT_FOUND, &json!({ "error": "no alerts are taken here" }));
        };
        let alarms = match alerts::read(body) {
            Ok(alarms) => alarms,
            Err(why) => return said(StatusCode::BAD_REQUEST, &json!({ "error": why })),
        };
        let count = alarms.len();
        for alarm in alarms {
            if sender.try_send(alarm).is_err() {
                return said(StatusCode::SERVICE_UNAVAILABLE, &json!({ "error": "try again" }));
            }
        }
        said(StatusCode::OK, &json!({ "alerts": count }))
    }

    fn is_allowed(&self, headers: &hyper::HeaderMap) -> bool {
        let Some(key) = &self.key else { return true };
        let given =
            headers.get(hyper::header::AUTHORIZATION).map(hyper::header::HeaderValue::as_bytes);
        let given = given.and_then(|value| value.strip_prefix(b"Bearer ")).unwrap_or_default();
        given.ct_eq(key.as_bytes()).into()
    }
}

/// A page in Prometheus's text format.
fn plain(text: String) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(text)));
    let plain = hyper::header::HeaderValue::from_static("text/plain; version=0.0.4");
    response.headers_mut().insert(hyper::header::CONTENT_TYPE, plain);
    response
}

fn said(status: StatusCode, answer: &Value) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(format!("{answer}\n"))));
    *response.status_mut() = status;
    let json = hyper::header::HeaderValue::from_static("application/json");
    response.headers_mut().insert(hyper::header::CONTENT_TYPE, json);
    response
}

fn now() -> Time {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Time::from_unix_ms(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}

/// Errors that say nothing about the next connection.
fn is_of_one_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, Interrupted};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset | Interrupted)
}

const CONNECTIONS_MAX: usize = 256;
const REQUEST_MAX: Duration = Duration::from_secs(10);
const BODY_MAX: usize = 1 << 20;

/// So many refused lines are named in an answer.
const NAMED_MAX: usize = 10;
