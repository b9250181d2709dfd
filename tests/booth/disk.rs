//! Disks that are full or read-only: small file systems in memory, which only root can mount. Elsewhere the tests that
//! need them say that they were skipped.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use voicebooth::corpus::sidecar::Status::Accepted;

use crate::evidence::Corpus;
use crate::sitting::{Place, Sitting};

const LIST: &str = "list.txt";

/// A file system in memory, over a folder until it is dropped.
pub struct Disk(PathBuf);

impl Disk {
    /// Mounts it with `options`; `None`, with a word about it, where that is not allowed.
    pub fn mount(over: &Path, options: &str) -> Option<Self> {
        let mount = mount(&["-t", "tmpfs", "-o", options, "tmpfs"], over);
        if mount {
            return Some(Self(over.to_owned()));
        }
        eprintln!("SKIPPED: a file system can only be mounted by root");
        None
    }

    /// Makes it read-only (`ro`) or not (`rw`).
    pub fn remount(&self, how: &str) {
        assert!(mount(&["-o", &format!("remount,{how}")], &self.0));
    }

    /// Fills it to the last byte.
    fn fill(&self) {
        let mut ballast = fs::File::create(self.0.join("ballast")).unwrap();
        for size in [65_536, 4096, 1] {
            while ballast.write_all(&vec![0; size]).is_ok() {}
        }
    }

    fn make_room(&self) {
        fs::remove_file(self.0.join("ballast")).unwrap();
    }
}

fn mount(args: &[&str], over: &Path) -> bool {
    let mount = Command::new("mount").args(args).arg(over).output();
    mount.is_ok_and(|mount| mount.status.success())
}

impl Drop for Disk {
    fn drop(&mut self) {
        // Lazily, for a failing test may still hold files.
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

/// A first take is saved, then the disk is full, and a second take of more than a second is stopped. The screen says
/// what is the matter.
fn a_take_on_a_full_disk(place: &Place, disk: &Disk) -> Sitting {
    let sitting = Sitting::open(&place.chatter(&[LIST]));
    sitting.tap();
    sitting.begin();
    disk.fill();
    sitting.wait_for("recording 0:01");
    let text = sitting.wait_for("The disk is full");
    assert!(text.contains("recording 0:"), "{text}");
    sitting.press(" ");
    sitting.wait_for("to try again");
    sitting
}

fn place() -> Option<(Disk, Place)> {
    let place = Place::with(LIST, "alpha\nbeta\ngamma\n");
    fs::create_dir(place.corpus()).unwrap();
    Disk::mount(&place.corpus(), "size=2m").map(|disk| (disk, place))
}

#[test]
fn a_full_disk_is_told_and_nothing_is_lost_once_there_is_room() {
    let Some((disk, place)) = place() else { return };
    let sitting = a_take_on_a_full_disk(&place, &disk);
    sitting.press("\r");
    sitting.wait_for("The disk is full");
    disk.make_room();
    sitting.press_for("\r", "gamma");
    sitting.tap();
    sitting.over();
    let (status, printed) = sitting.leave();
    assert!(status.success(), "{printed}");

    let corpus = Corpus::read(&place.corpus());
    assert_eq!(
        corpus.outline(),
        [
            ("alpha", 1, Accepted),
            ("beta", 1, Accepted),
            ("gamma", 1, Accepted)
        ]
    );
    let timing = corpus.take("beta", 1).timing.clone().unwrap();
    assert!(timing.key_up_frame.unwrap() - timing.key_down_frame.unwrap() >= 48_000);
    assert_eq!(timing.post_roll_frames, 14_400);
}

#[test]
fn leaving_a_full_disk_says_what_is_lost_and_keeps_what_was_saved() {
    let Some((disk, place)) = place() else { return };
    let sitting = a_take_on_a_full_disk(&place, &disk);
    sitting.press("q");
    let text = sitting.wait_for("Q leave without saving the rest");
    assert!(text.contains("The disk is full"), "{text}");
    let (status, printed) = sitting.leave();
    assert_eq!(status.exit_code(), 1, "{printed}");
    assert!(printed.contains("What went wrong:"), "{printed}");
    assert!(
        printed.contains("audio and the last decisions are lost"),
        "{printed}"
    );
    disk.make_room();
    let sitting = Sitting::open(&place.chatter(&[LIST]));
    assert_eq!(sitting.ready(), "beta");
    sitting.leave();
    assert_eq!(
        Corpus::read(&place.corpus()).outline()[0],
        ("alpha", 1, Accepted)
    );
}
