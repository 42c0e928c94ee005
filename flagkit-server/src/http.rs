//! Connections: who may have one, for how long, and how they end.
//!
//! HTTP/1.1 over TCP, with TLS where the server has a certificate. Each listener has one loop
//! that accepts; each connection is one task.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use socket2::{SockRef, TcpKeepalive};
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;

use crate::app::App;

mod connection;
mod pace;
pub(crate) mod tls;

use connection::Connection;
use pace::Paced;

/// Marks an answer that goes on for as long as the client wants.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Endless;

/// One port.
pub(crate) struct Listener {
    /// Where connections come in.
    pub(crate) tcp: TcpListener,
    /// What speaks TLS; none for plain HTTP.
    pub(crate) tls: Option<TlsAcceptor>,
    /// What answers.
    pub(crate) router: Router,
    /// The server.
    pub(crate) app: Arc<App>,
}

impl Listener {
    /// Accepts connections until the server stops.
    pub(crate) async fn run(self) {
        let mut stopping = self.app.stopping.subscribe();
        loop {
            let accepted = tokio::select! {
                accepted = self.tcp.accept() => accepted,
                _ = stopping.wait_for(|is_stopping| *is_stopping) => return,
            };
            match accepted {
                Ok((tcp, peer)) => self.admit(tcp, peer),
                Err(error) => {
                    // Out of files, most of the time: that is over when somebody leaves.
                    tracing::warn!(%error, "a connection could not be accepted");
                    sleep(ACCEPT_AGAIN).await;
                }
            }
        }
    }

    fn admit(&self, tcp: TcpStream, peer: SocketAddr) {
        let Ok(permit) = self.app.connections.clone().try_acquire_owned() else {
            self.app.metrics.count("connection_refused");
            if self.tls.is_none() {
                tokio::spawn(refuse(tcp));
            }
            return;
        };
        if let Err(error) = self.prepare(&tcp) {
            tracing::debug!(%peer, %error, "a connection could not be prepared");
            return;
        }
        let (tls, router, app) = (self.tls.clone(), self.router.clone(), self.app.clone());
        tokio::spawn(async move {
            let _permit: OwnedSemaphorePermit = permit;
            if let Err(error) = serve(tcp, tls, router, app).await {
                tracing::debug!(%peer, %error, "a connection ended");
            }
        });
    }

    fn prepare(&self, tcp: &TcpStream) -> io::Result<()> {
        // A small answer would wait for the client's acknowledgement of the one before.
        tcp.set_nodelay(true)?;
        let socket = SockRef::from(tcp);
        socket.set_tcp_keepalive(&TcpKeepalive::new().with_time(KEEPALIVE))?;
        // What the kernel keeps for a client that does not read is bounded by this.
        socket.set_send_buffer_size(self.app.config.streams.backlog_bytes.min(SEND_BUFFER_MAX))
    }
}

async fn serve(
    tcp: TcpStream,
    tls: Option<TlsAcceptor>,
    router: Router,
    app: Arc<App>,
) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let time = app.config.limits.request_timeout;
    let (paced, phase) = Paced::new(tcp, time);
    let connection = Connection { router, phase, app };
    match tls {
        None => connection.serve(paced).await,
        Some(tls) => {
            let stream = timeout(time, tls.accept(paced)).await??;
            connection.serve(stream).await
        }
    }
}

/// Tells a client that there are too many, as well as that goes without reading.
async fn refuse(mut tcp: TcpStream) -> Result<(), Infallible> {
    let answer = async {
        tcp.write_all(TOO_MANY).await?;
        tcp.shutdown().await
    };
    // Nobody waits for a client that does not read.
    let _ = timeout(Duration::from_secs(1), answer).await;
    Ok(())
}

const TOO_MANY: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\n\
    content-type: application/json\r\n\
    content-length: 83\r\n\
    retry-after: 5\r\n\
    connection: close\r\n\r\n\
    {\"code\":\"too_many_connections\",\"message\":\"the server has as many as it may, wait\" }";
const ACCEPT_AGAIN: Duration = Duration::from_millis(50);
const KEEPALIVE: Duration = Duration::from_secs(60);
const SEND_BUFFER_MAX: usize = 1 << 30;

#[cfg(test)]
mod tests;
