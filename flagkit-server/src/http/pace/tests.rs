use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};
use tokio::time::Instant;

use super::{IDLE, Paced, Phase};

const TIME: Duration = Duration::from_secs(10);

/// Reads until something goes wrong; says what, and after how many seconds.
async fn read_out(
    paced: &mut Paced<impl tokio::io::AsyncRead + Unpin>,
) -> (std::io::ErrorKind, u64) {
    let began = Instant::now();
    let mut bytes = [0; 64];
    loop {
        match paced.read(&mut bytes).await {
            Ok(0) => return (std::io::ErrorKind::UnexpectedEof, began.elapsed().as_secs()),
            Ok(_) => {}
            Err(error) => return (error.kind(), began.elapsed().as_secs()),
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_asks_nothing_is_closed_after_a_while() {
    let (_client, server) = duplex(1_024);
    let (mut paced, _phase) = Paced::new(server, TIME);
    assert_eq!(read_out(&mut paced).await, (std::io::ErrorKind::TimedOut, IDLE.as_secs()));
}

#[tokio::test(start_paused = true)]
async fn a_request_has_to_arrive_in_time_however_often_a_byte_comes() {
    let (mut client, server) = duplex(1_024);
    let (mut paced, _phase) = Paced::new(server, TIME);
    tokio::spawn(async move {
        loop {
            client.write_all(b"a").await.unwrap();
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    });
    assert_eq!(read_out(&mut paced).await, (std::io::ErrorKind::TimedOut, TIME.as_secs()));
}

#[tokio::test(start_paused = true)]
async fn nobody_is_hurried_while_an_answer_is_made_or_goes_on() {
    for phase in [Phase::Answering, Phase::Streaming] {
        let (mut client, server) = duplex(1_024);
        let (mut paced, shared) = Paced::new(server, TIME);
        client.write_all(b"GET").await.unwrap();
        let mut bytes = [0; 3];
        paced.read_exact(&mut bytes).await.unwrap();
        shared.set(phase);
        tokio::spawn(async move {
            tokio::time::sleep(TIME * 100).await;
            drop(client);
        });
        assert_eq!(read_out(&mut paced).await, (std::io::ErrorKind::UnexpectedEof, 1_000));
    }
}

#[tokio::test(start_paused = true)]
async fn a_client_that_takes_nothing_is_cut() {
    let (_client, server) = duplex(16);
    let (mut paced, shared) = Paced::new(server, TIME);
    shared.set(Phase::Streaming);
    let began = Instant::now();
    let error = paced.write_all(&[0; 64]).await.unwrap_err();
    assert_eq!((error.kind(), began.elapsed()), (std::io::ErrorKind::TimedOut, TIME));
}

#[tokio::test(start_paused = true)]
async fn a_client_that_takes_something_now_and_then_is_not() {
    let (mut client, server) = duplex(16);
    let (mut paced, _phase) = Paced::new(server, TIME);
    tokio::spawn(async move {
        let mut bytes = [0; 8];
        while client.read_exact(&mut bytes).await.is_ok() {
            tokio::time::sleep(TIME / 2).await;
        }
    });
    paced.write_all(&[0; 640]).await.unwrap();
}
