//! A disk that can be made to stall: a file system in an image of its own, frozen by the kernel (`fsfreeze`), so that
//! every write to it waits as on a disk that does not answer.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail};

/// A mounted file system; it is thawed and unmounted when dropped.
pub struct StallingDisk {
    folder: tempfile::TempDir,
}

impl StallingDisk {
    /// Makes and mounts one of a gigabyte. Needs root, a loop device, e2fsprogs and util-linux.
    pub fn mount() -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let image = folder.path().join("image");
        std::fs::File::create(&image)?.set_len(1 << 30)?;
        std::fs::create_dir(folder.path().join("disk"))?;
        run("mkfs.ext4", &["-q", "-F"], &[&image])?;
        let disk = Self { folder };
        run("mount", &["-o", "loop"], &[&image, &disk.path()])?;
        Ok(disk)
    }

    /// Where it is mounted.
    pub fn path(&self) -> PathBuf {
        self.folder.path().join("disk")
    }

    /// From now on every write waits.
    pub fn stall(&self) -> anyhow::Result<()> {
        run("fsfreeze", &["-f"], &[&self.path()])
    }

    /// What waited goes on.
    pub fn go_on(&self) -> anyhow::Result<()> {
        run("fsfreeze", &["-u"], &[&self.path()])
    }
}

impl Drop for StallingDisk {
    fn drop(&mut self) {
        let _ = self.go_on(); // it usually is not frozen
        if let Err(error) = run("umount", &[], &[&self.path()]) {
            eprintln!("{error:#}");
        }
    }
}

fn run(program: &str, args: &[&str], paths: &[&Path]) -> anyhow::Result<()> {
    let mut command = Command::new(program);
    let output = command
        .args(args)
        .args(paths)
        .output()
        .with_context(|| program.to_owned())?;
    if !output.status.success() {
        bail!(
            "{program}: {}",
            String::from_utf8_lossy(&output.stderr).trim()
        );
    }
    Ok(())
}
