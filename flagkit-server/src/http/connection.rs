//! One connection: requests one after the other, until somebody has enough.

use std::convert::Infallible;
use std::pin::{Pin, pin};
use std::sync::Arc;

use axum::Router;
use axum::response::Response;
use http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::Service;
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};

use super::Endless;
use super::pace::{Phase, SharedPhase};
use crate::app::App;

/// What serves one connection.
pub(super) struct Connection {
    pub(super) router: Router,
    pub(super) phase: SharedPhase,
    pub(super) app: Arc<App>,
}

impl Connection {
    /// Serves requests until the client leaves or the server stops.
    pub(super) async fn serve<I>(
        self,
        io: I,
    ) -> Result<(), Box<dyn std::error::Error + Send + Sync>>
    where
        I: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let mut stopping = self.app.stopping.subscribe();
        let mut builder = http1::Builder::new();
        builder
            .max_buf_size(self.app.config.limits.header_bytes.max(BUFFER_MIN))
            .max_headers(HEADERS_MAX)
            // Times are kept by the transport, which tells waiting for a request from reading one.
            .header_read_timeout(None);
        let service = Requests { inner: TowerToHyperService::new(self.router), phase: self.phase };
        let mut connection = pin!(builder.serve_connection(TokioIo::new(io), service));
        tokio::select! {
            served = connection.as_mut() => return Ok(served?),
            _ = stopping.wait_for(|is_stopping| *is_stopping) => {}
        }
        connection.as_mut().graceful_shutdown();
        Ok(connection.await?)
    }
}

/// The router, and what the connection is busy with.
struct Requests {
    inner: TowerToHyperService<Router>,
    phase: SharedPhase,
}

impl Service<Request<Incoming>> for Requests {
    type Response = Response;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

    fn call(&self, request: Request<Incoming>) -> Self::Future {
        let phase = self.phase.clone();
        phase.set(Phase::Answering);
        let answer = self.inner.call(request);
        Box::pin(async move {
            let response = answer.await?;
            let is_endless = response.extensions().get::<Endless>().is_some();
            phase.set(if is_endless { Phase::Streaming } else { Phase::Waiting });
            Ok(response)
        })
    }
}

/// Less than this hyper does not take.
const BUFFER_MIN: usize = 8 << 10;
const HEADERS_MAX: usize = 100;
