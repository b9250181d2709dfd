//! The one queue to the writer: order is kept, and audio that waits in it is bounded. When the bound is reached the
//! sender is told and the take is interrupted; nothing waits and nothing is dropped in silence.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::time::Duration;

use super::messages::{TakeRef, ToWriter};

/// A queue that holds at most `limit_samples` samples of audio; other messages always fit.
pub fn writer_queue(limit_samples: u64) -> (WriterSender, WriterReceiver) {
    let (tx, rx) = mpsc::channel();
    let waiting = Arc::new(AtomicU64::new(0));
    (
        WriterSender {
            tx,
            waiting: waiting.clone(),
            limit_samples,
        },
        WriterReceiver { rx, waiting },
    )
}

/// The sending end; one for each thread that has something to write.
#[derive(Clone, Debug)]
pub struct WriterSender {
    tx: Sender<ToWriter>,
    waiting: Arc<AtomicU64>,
    limit_samples: u64,
}

/// The queue holds as much audio as it may, or the writer is gone; the samples were not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("audio waits for the disk and no more fits in memory; the take was ended here")]
pub struct QueueFull;

impl WriterSender {
    /// Queues samples (interleaved, whole frames) of a take. Never blocks.
    ///
    /// # Errors
    /// [`QueueFull`]: nothing was queued.
    pub fn append(&self, take_ref: &TakeRef, samples: Vec<f32>) -> Result<(), QueueFull> {
        let count = samples.len() as u64;
        let before = self.waiting.fetch_add(count, Ordering::AcqRel);
        let fits = before + count <= self.limit_samples;
        if fits
            && self
                .tx
                .send(ToWriter::Append {
                    take_ref: take_ref.clone(),
                    samples,
                })
                .is_ok()
        {
            return Ok(());
        }
        self.waiting.fetch_sub(count, Ordering::AcqRel);
        Err(QueueFull)
    }

    /// Queues anything but audio. Never blocks. `false` where the writer has ended.
    pub fn send(&self, message: ToWriter) -> bool {
        debug_assert!(
            !matches!(message, ToWriter::Append { .. }),
            "audio goes through append"
        );
        self.tx.send(message).is_ok()
    }

    /// Samples that wait for the writer.
    pub fn waiting_samples(&self) -> u64 {
        self.waiting.load(Ordering::Acquire)
    }
}

/// The writer's end.
#[derive(Debug)]
pub struct WriterReceiver {
    rx: Receiver<ToWriter>,
    waiting: Arc<AtomicU64>,
}

impl WriterReceiver {
    /// The next message, or why there is none. Blocks for `timeout` at most. Audio counts as waiting until
    /// [`WriterReceiver::written`] says otherwise.
    ///
    /// # Errors
    /// Timed out, or every sender is gone.
    pub fn recv_timeout(&self, timeout: Duration) -> Result<ToWriter, RecvTimeoutError> {
        self.rx.recv_timeout(timeout)
    }

    /// These samples have left memory.
    pub fn written(&self, samples: u64) {
        self.waiting.fetch_sub(samples, Ordering::AcqRel);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn take() -> TakeRef {
        TakeRef::new("s", "t", "zero_r1_1")
    }

    #[test]
    fn audio_beyond_the_limit_is_refused_until_some_was_written() {
        let (tx, rx) = writer_queue(10);
        assert_eq!(tx.append(&take(), vec![0.0; 8]), Ok(()));
        assert_eq!(tx.append(&take(), vec![0.0; 3]), Err(QueueFull));
        assert!(matches!(
            rx.recv_timeout(Duration::ZERO),
            Ok(ToWriter::Append { .. })
        ));
        rx.written(8);
        assert_eq!(tx.append(&take(), vec![0.0; 3]), Ok(()));
    }

    #[test]
    fn other_messages_fit_even_where_audio_does_not() {
        let (tx, _rx) = writer_queue(0);
        assert!(tx.send(ToWriter::Shutdown));
    }
}
