//! stub
use crate::units::Moment;
/// a
#[derive(Debug)]
pub enum ToPlayback {
    /// a
    Play(std::path::PathBuf),
    /// b
    Stop,
}
/// b
#[derive(Debug)]
pub enum FromPlayback {
    /// a
    Started,
    /// b
    Finished {
        /// c
        until: Moment,
    },
    /// d
    Failed(String),
}
/// spawn
pub fn spawn(
    _f: Box<dyn Fn(FromPlayback) + Send>,
) -> std::io::Result<std::sync::mpsc::Sender<ToPlayback>> {
    let (t, _r) = std::sync::mpsc::channel();
    Ok(t)
}
