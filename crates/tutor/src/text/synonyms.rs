//! Everyday words and the technical words they stand for.
//!
//! A student who has not learned the term yet asks with the words she has. A ring makes its
//! members count as one another, at a discount.

use super::stem::stem;

const RINGS: &[&str] = &[
    "shake wobble jitter oscillate oscillation vibrate vibration overshoot",
    "picture image photo camera vision frame",
    "late delay latency lag slow",
    "fast speed velocity quick rapid rate frequency",
    "fall topple tip balance stability stable",
    "turn rotate rotation spin orientation angle",
    "arm limb manipulator leg joint",
    "hand gripper grasp grip grab hold",
    "walk gait step locomotion stride",
    "see perceive perception detect sense sensor observe",
    "brain policy controller computer",
    "body embodiment embodied hardware",
    "motor actuator drive engine muscle",
    "place position location pose localization where",
    "map mapping grid chart",
    "route path trajectory plan planning",
    "obstacle collision crash bump hit wall",
    "noise noisy uncertainty random error",
    "guess estimate estimation predict prediction belief",
    "message topic publish publisher subscriber send receive",
    "program node process script",
    "fake simulate simulation virtual simulator",
    "real physical world reality",
    "force torque push pull effort",
    "weight mass heavy inertia gravity",
    "network neural model",
    "reward goal objective penalty",
    "distance range depth far lidar",
    "feedback loop correction correct",
    "safe safety danger dangerous hurt harm",
    "talk language speech speak command instruction",
    "battery power energy",
    "teach train training learn imitation demonstration",
    "measure measurement reading sample sampling",
    "break fail failure fault broken",
];

/// Whether two different stems stand for the same idea.
pub(crate) fn akin(a: &str, b: &str) -> bool {
    rings().iter().any(|ring| ring.iter().any(|s| s == a) && ring.iter().any(|s| s == b))
}

/// The other stems that count for this one.
pub(crate) fn kin(of: &str) -> Vec<&'static str> {
    let mine = rings().iter().filter(|ring| ring.iter().any(|s| s == of));
    mine.flatten().map(String::as_str).filter(|s| *s != of).collect()
}

fn rings() -> &'static [Vec<String>] {
    static STEMS: std::sync::LazyLock<Vec<Vec<String>>> =
        std::sync::LazyLock::new(|| RINGS.iter().map(|ring| ring.split(' ').map(stem).collect()).collect());
    &STEMS
}

#[cfg(test)]
mod tests {
    use super::{akin, kin};
    use crate::text::stem::stem;

    #[test]
    fn an_everyday_word_finds_its_term() {
        assert!(akin(&stem("wobbles"), &stem("oscillation")));
        assert!(kin(&stem("late")).contains(&stem("latency").as_str()));
        assert!(!akin(&stem("late"), &stem("oscillation")));
    }
}
