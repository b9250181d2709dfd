//! A scene: a booth, somebody who speaks in a room, and a control recording of the same microphone.

use std::fs;
use std::ops::Deref;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::Path;

use super::booth::{Booth, Setting};
use super::common::capture::write_wav;
use super::common::pipewire::VirtualCard;
use super::common::session::{Running, say, wait_until};
use super::common::terminal::PATIENCE;
use super::sound::{Explained, RATE_HZ, Recording, Spoken, noise, smooth, word};

/// A scene is played so often at most, where the machine was too slow for it.
const ATTEMPTS: usize = 3;
/// How long the room is heard.
const ROOM_FRAMES: usize = 60 * RATE_HZ as usize;
/// `pw-cat` leaves out the last, incomplete block of a file.
const LAST_BLOCK: [i16; 8192] = [0; 8192];

/// The scene; it is its booth, too.
pub struct Scene {
    booth: Booth,
    folder: tempfile::TempDir,
    converted: bool,
    room: Vec<i16>,
    room_is_silent: bool,
    words: Vec<Vec<i16>>,
    players: Vec<Running>,
}

impl Deref for Scene {
    type Target = Booth;

    fn deref(&self) -> &Booth {
        &self.booth
    }
}

/// Plays a scene beside a control recording. Where it fails and the machine was too slow for its own sound server, the
/// scene is played again, twice at most.
pub fn play(
    card: &mut VirtualCard,
    setting: Setting,
    scene: impl Fn(&mut VirtualCard, &mut Scene),
) {
    for attempt in 1.. {
        if attempt > 1 {
            card.kill_server();
            card.start_server();
        }
        let mut stage = Scene::open(card, setting);
        let played = catch_unwind(AssertUnwindSafe(|| {
            stage.booth.ready();
            scene(card, &mut stage);
            stage.booth.leave();
        }));
        let Err(failure) = played else { return };
        match stage.excuse() {
            Some(excuse) if attempt < ATTEMPTS => say(&format!("{excuse}: once more")),
            Some(excuse) => {
                say(&format!("{excuse}, {ATTEMPTS} times"));
                resume_unwind(failure);
            }
            None => resume_unwind(failure),
        }
    }
}

impl Scene {
    fn open(card: &VirtualCard, setting: Setting) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let converted = setting.rate_hz != RATE_HZ;
        let room = if converted {
            smooth(&noise(ROOM_FRAMES, 9))
        } else {
            noise(ROOM_FRAMES, 6)
        };
        write_wav(&folder.path().join("room.wav"), RATE_HZ, &room);
        let players = listen(card, folder.path());
        Self {
            booth: Booth::open(card, setting),
            folder,
            converted,
            room,
            room_is_silent: false,
            words: Vec::new(),
            players,
        }
    }

    /// Starts the room's noise and the control anew, where they have ended with the server or the microphone.
    pub fn listen_again(&mut self, card: &VirtualCard) {
        self.players.clear();
        self.players = listen(card, self.folder.path());
    }

    /// What the control has heard up to now.
    pub fn control(&self) -> Recording {
        Recording {
            samples: heard(&control_wav(self.folder.path())),
            stride: 1,
        }
    }

    /// The frame of the room that comes next after those that the control has heard.
    pub fn room_heard(&self) -> f64 {
        let control = self.control();
        let frames = control.samples.len();
        let lately = control.part(frames.saturating_sub(RATE_HZ as usize / 4)..frames);
        self.explain(&lately).room_at + lately.samples.len() as f64
    }

    /// Why a failure is not the booth's: the control has lost something too, or the room's own player was late (its noise
    /// is nowhere so still), or the server lost frames and the booth has told so.
    fn excuse(&self) -> Option<String> {
        if let Err(loss) = self.control().explain(&self.room, &self.words) {
            return Some(format!(
                "the control recording has lost something too ({loss})"
            ));
        }
        self.booth.takes().into_iter().find_map(|take| {
            let gaps = take.gaps();
            let recording = &take.recording;
            let still = recording.first_stillness(&gaps);
            if let Some(late) = still.filter(|_| !self.room_is_silent) {
                return Some(format!("the room's player was late (frame {late})"));
            }
            let gap = gaps.first()?;
            let missing = recording.missing_at(gap, &self.room)?;
            let is_true = missing.abs_diff(gap.len() as i64) < RATE_HZ as u64 / 100;
            is_true.then(|| format!("the server has lost {missing} frames"))
        })
    }

    /// Explains a recording by what was to be heard.
    ///
    /// # Panics
    /// When there is more in it, or less.
    pub fn explain(&self, recording: &Recording) -> Explained {
        recording
            .explain(&self.room, &self.words)
            .unwrap_or_else(|reason| panic!("{reason}"))
    }

    /// Asserts that a recording holds nothing but what was to be heard, and all of this word.
    pub fn assert_whole(&self, recording: &Recording, word: usize) -> Explained {
        let explained = self.explain(recording);
        let spoken = explained.words.iter().find(|spoken| spoken.word == word);
        let spoken = spoken.unwrap_or_else(|| panic!("no word in {explained:?}"));
        let frames = recording.samples.len();
        let whole = spoken.start >= 0.0 && spoken.end <= frames as f64;
        assert!(whole, "cut off: {spoken:?} in {frames} frames");
        explained
    }

    /// Somebody begins to say `text`.
    pub fn begin_to_speak(&mut self, card: &VirtualCard, text: &str) -> Running {
        let said = word(text);
        let said = if self.converted { smooth(&said) } else { said };
        let wav = self.folder.path().join(format!("{}.wav", self.words.len()));
        write_wav(&wav, RATE_HZ, &[&said[..], &LAST_BLOCK].concat());
        self.words.push(said);
        card.speak(&wav)
    }

    /// Says `text` to its end.
    pub fn speak(&mut self, card: &VirtualCard, text: &str) {
        let mut speaker = self.begin_to_speak(card, text);
        self.wait_for_speech();
        speaker.wait();
        self.wait_for_silence();
    }

    /// The booth will play this recording: it is heard like a word, and this is its number.
    pub fn also_heard(&mut self, recording: &Recording) -> usize {
        let samples = recording.samples.iter();
        self.heard_too(samples.map(|s| *s as i16).collect())
    }

    /// The booth will play this sound: it is heard like a word, and this is its number.
    pub fn heard_too(&mut self, sound: Vec<i16>) -> usize {
        self.words.push(sound);
        self.words.len() - 1
    }

    /// The room becomes silent. Gives the control's frames up to then.
    pub fn silence_the_room(&mut self) -> usize {
        self.players.truncate(1);
        self.room_is_silent = true;
        wait_until("the room to be silent", PATIENCE, || {
            level(self.folder.path(), 100) == 0.0
        });
        let control = self.control();
        let heard = control.heard_of_room(&self.room);
        self.room.truncate(heard.expect("the room was heard"));
        control.samples.len()
    }

    /// The control's frames from `start` on.
    pub fn control_since(&self, start: usize) -> Recording {
        let control = self.control();
        control.part(start..control.samples.len())
    }

    /// Explains a recording of the silent room by the words that were said.
    ///
    /// # Panics
    /// When there is more in it, or less.
    pub fn explain_words(&self, recording: &Recording) -> Vec<Spoken> {
        recording
            .explain_words(&self.words)
            .unwrap_or_else(|reason| panic!("{reason}"))
    }

    /// This word was broken off in a recording of the silent room: what was heard of it is all that it is from now on.
    /// Gives its frames, those that it had and those that were heard.
    pub fn broken_off(&mut self, word: usize, recording: &Recording) -> (usize, usize) {
        let heard = recording.heard_of(&self.words[word]);
        let heard = heard.expect("it was heard");
        let whole = self.words[word].len();
        self.words[word].truncate(heard);
        (whole, heard)
    }

    /// Waits until somebody is heard.
    pub fn wait_for_speech(&self) {
        wait_until("speech", PATIENCE, || {
            level(self.folder.path(), 20) > 1000.0
        });
    }

    /// Waits until nobody has been heard for a moment.
    pub fn wait_for_silence(&self) {
        wait_until("silence", PATIENCE, || {
            level(self.folder.path(), 100) < 1000.0
        });
    }

    /// Waits until the control has heard so many more frames.
    pub fn hear(&self, frames: usize) {
        let enough = self.control().samples.len() + frames;
        wait_until("the control to hear on", PATIENCE, || {
            self.control().samples.len() >= enough
        });
    }
}

/// Starts the room's noise and the control recording.
fn listen(card: &VirtualCard, folder: &Path) -> Vec<Running> {
    let control = control_wav(folder);
    let _ = fs::remove_file(&control);
    let room = card.speak(&folder.join("room.wav"));
    let recorder = card.control_recording(RATE_HZ, &control);
    wait_until("the room to be heard", PATIENCE, || {
        level(folder, 100) > 8.0
    });
    vec![recorder, room]
}

fn control_wav(folder: &Path) -> std::path::PathBuf {
    folder.join("control.wav")
}

/// Peak of what the control heard last, in steps of 16 bits.
fn level(folder: &Path, ms: usize) -> f64 {
    let samples = heard(&control_wav(folder));
    let last = ms * RATE_HZ as usize / 1000;
    let samples = samples[samples.len().saturating_sub(last)..].iter();
    samples.fold(0.0, |peak, sample| peak.max(sample.abs()))
}

/// What a running recorder has written so far: floats after the word `data` and a size that is not true yet.
fn heard(wav: &Path) -> Vec<f64> {
    let bytes = fs::read(wav).unwrap_or_default();
    let Some(data) = bytes.windows(4).take(4096).position(|word| word == b"data") else {
        return Vec::new();
    };
    let (samples, _) = bytes[(data + 8).min(bytes.len())..].as_chunks::<4>();
    let samples = samples.iter().copied().map(f32::from_le_bytes);
    samples.map(|sample| f64::from(sample) * 32_768.0).collect()
}
