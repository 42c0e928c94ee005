//! One request and its answer, piece by piece.

use tokio::sync::mpsc;

use super::Input;
use crate::sync::Request;
use crate::transport::Transport;

/// Sends a request and passes on what comes back.
pub(super) async fn exchange(
    transport: &Transport,
    request: &Request,
    sender: &mpsc::Sender<Input>,
) -> Result<(), String> {
    let mut answer = transport.get(request).await?;
    let head = std::mem::take(&mut answer.head);
    let id = request.id;
    let mut is_heard = sender.send(Input::Head(id, head)).await.is_ok();
    while is_heard && let Some(piece) = answer.piece().await? {
        is_heard = sender.send(Input::Piece(id, piece)).await.is_ok();
    }
    Ok(())
}
