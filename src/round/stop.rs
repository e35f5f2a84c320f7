//! How everything learns that it is time to stop.

use std::sync::Arc;

use tokio::sync::watch;

/// A flag that is set once, by a signal or by whoever runs the round, and heard by all.
#[derive(Debug, Clone)]
pub struct Stop {
    sender: Arc<watch::Sender<bool>>,
    receiver: watch::Receiver<bool>,
}

impl Default for Stop {
    fn default() -> Self {
        let (sender, receiver) = watch::channel(false);
        Self {
            sender: Arc::new(sender),
            receiver,
        }
    }
}

impl Stop {
    /// Tells everybody to stop.
    pub fn set(&self) {
        self.sender.send_replace(true);
    }

    /// Whether it is time to stop.
    pub fn is_set(&self) -> bool {
        *self.receiver.borrow()
    }

    /// Waits until it is time to stop.
    pub async fn wait(&self) {
        let mut receiver = self.receiver.clone();
        // The sender lives as long as this flag, so the wait ends only by the flag.
        let _ = receiver.wait_for(|set| *set).await;
    }
}
