use std::future::Future;
use std::pin::pin;
use std::task::{Context as TaskContext, Poll, Waker};

use flagkit::{Context, testing};

struct Shop {
    name: &'static str,
}

impl Shop {
    #[flagkit::gated("new-total", otherwise = Self::old_total)]
    fn total(&self, prices: &[u32], discount: u32) -> u32 {
        prices.iter().sum::<u32>() - discount
    }

    fn old_total(&self, prices: &[u32], _discount: u32) -> u32 {
        assert_eq!(self.name, "shop");
        prices.iter().sum()
    }
}

fn old_greeting(_context: &Context, name: &str) -> String {
    format!("Hello {name}")
}

/// Greets.
#[flagkit::gated("new-greeting", otherwise = old_greeting)]
fn greeting(context: &Context, name: &str) -> String {
    let _ = context;
    format!("Hi {name}")
}

async fn old_answer(answer: u32) -> u32 {
    std::future::ready(answer).await
}

#[flagkit::gated("new-answer", otherwise = old_answer, context = Context::new("u-1"))]
async fn answer(answer: u32) -> u32 {
    std::future::ready(answer + 1).await
}

/// The value of a future that never waits.
fn finished<T>(future: impl Future<Output = T>) -> Option<T> {
    match pin!(future).poll(&mut TaskContext::from_waker(Waker::noop())) {
        Poll::Ready(value) => Some(value),
        Poll::Pending => None,
    }
}

#[test]
fn the_gate_chooses_the_function() {
    let shop = Shop { name: "shop" };
    let nobody = Context::anonymous();
    assert_eq!(shop.total(&[3, 4], 1), 7);
    assert_eq!(greeting(&nobody, "Ada"), "Hello Ada");
    assert_eq!(finished(answer(41)), Some(41));
    let _guards = ["new-total", "new-greeting", "new-answer"].map(|flag| testing::with(flag, true));
    assert_eq!(shop.total(&[3, 4], 1), 6);
    assert_eq!(greeting(&nobody, "Ada"), "Hi Ada");
    assert_eq!(finished(answer(41)), Some(42));
}
