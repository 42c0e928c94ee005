//! Whether a new arm can take traffic: HAProxy looks at the health of servers by itself, and later than the
//! engine. Until it has seen that a server is up, it answers 503 in its place.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::socket::Socket;
use super::weights::{Server, belongs, find_servers};
use crate::order::Failure;
use crate::split::{Split, Weight};

/// How an arm is found in HAProxy.
#[derive(Clone, Copy, Debug)]
pub(super) enum Sides {
    /// As servers of the backend that the route names.
    Servers,
    /// As a backend of its own, `route-arm`, if there is one; who writes other rules knows what is behind them.
    Backends,
}

/// Waits until every new arm that is to get traffic has a server that is up. The control is not waited
/// for: a rollback goes there in any case.
pub(super) async fn until_up(
    socket: &Socket,
    timeout: Duration,
    sides: Sides,
    (route, arms, split): (&str, &[String], &Split),
) -> Result<(), Failure> {
    for (place, arm) in arms.iter().enumerate().skip(1) {
        if split.of(place) > Weight::NONE {
            until_arm_is_up(socket, timeout, sides, (route, arm)).await?;
        }
    }
    Ok(())
}

/// Waits until an arm has a server that is up.
pub(super) async fn until_arm_is_up(
    socket: &Socket,
    timeout: Duration,
    sides: Sides,
    (route, arm): (&str, &str),
) -> Result<(), Failure> {
    let until = Instant::now() + timeout;
    while !is_up(socket, timeout, sides, (route, arm)).await? {
        if Instant::now() >= until {
            return Err(Failure::transient(format!(
                "HAProxy at {socket} has no server of `{arm}` that is up after {timeout:?}, so it would \
                 answer 503 in its place; look at the health checks of `{route}`"
            )));
        }
        sleep(PAUSE).await;
    }
    Ok(())
}

async fn is_up(
    socket: &Socket,
    timeout: Duration,
    sides: Sides,
    (route, arm): (&str, &str),
) -> Result<bool, Failure> {
    let backend = match sides {
        Sides::Servers => route.to_owned(),
        Sides::Backends => format!("{route}-{arm}"),
    };
    let (servers, _) = find_servers(socket, timeout, &backend).await?;
    let all_are_its = matches!(sides, Sides::Backends);
    let is_of_arm = |server: &&Server| all_are_its || belongs(&server.name, arm);
    let mut of_arm = servers.iter().filter(is_of_arm).peekable();
    // Without servers there is nothing to wait for: the backend answers by itself, or is missing.
    Ok(of_arm.peek().is_none() || of_arm.any(|server| server.is_up))
}

/// Between two looks.
const PAUSE: Duration = Duration::from_millis(10);
