//! stub
/// stem
pub fn stem(id: &str, repeat: u32, take: u32) -> String {
    format!("{id}_r{repeat}_{take}")
}
/// check
pub fn check_speaker_id(id: &str) -> Result<(), String> {
    if id.contains('/') {
        Err("x".into())
    } else {
        Ok(())
    }
}
