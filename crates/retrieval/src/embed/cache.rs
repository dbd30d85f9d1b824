//! Remembers the vectors of the last questions: people rephrase little and page back often.

use std::collections::{HashMap, VecDeque};

/// A least-recently-used map of fixed size. Moving an entry is linear in that size, which for some
/// hundred entries is nothing beside one run of the model.
#[derive(Debug)]
pub(super) struct Cache {
    capacity: usize,
    vectors: HashMap<String, Vec<f32>>,
    // Oldest first; holds exactly the map's keys.
    order: VecDeque<String>,
}

impl Cache {
    pub(super) fn new(capacity: usize) -> Self {
        Self { capacity, vectors: HashMap::new(), order: VecDeque::new() }
    }

    pub(super) fn get(&mut self, question: &str) -> Option<Vec<f32>> {
        let vector = self.vectors.get(question)?.clone();
        if let Some(at) = self.order.iter().position(|key| key == question)
            && let Some(key) = self.order.remove(at)
        {
            self.order.push_back(key);
        }
        Some(vector)
    }

    pub(super) fn put(&mut self, question: String, vector: Vec<f32>) {
        if self.vectors.insert(question.clone(), vector).is_none() {
            self.order.push_back(question);
        }
        while self.order.len() > self.capacity {
            if let Some(oldest) = self.order.pop_front() {
                self.vectors.remove(&oldest);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_one_not_asked_for_longest_is_forgotten() {
        let mut cache = Cache::new(2);
        cache.put("a".into(), vec![1.0]);
        cache.put("b".into(), vec![2.0]);
        assert_eq!(cache.get("a"), Some(vec![1.0]));
        cache.put("c".into(), vec![3.0]);
        assert_eq!(cache.get("b"), None);
        assert_eq!(cache.get("a"), Some(vec![1.0]));
        assert_eq!(cache.get("c"), Some(vec![3.0]));
    }

    #[test]
    fn putting_twice_keeps_one_entry() {
        let mut cache = Cache::new(2);
        cache.put("a".into(), vec![1.0]);
        cache.put("a".into(), vec![2.0]);
        cache.put("b".into(), vec![3.0]);
        assert_eq!(cache.get("a"), Some(vec![2.0]));
        assert_eq!(cache.get("b"), Some(vec![3.0]));
    }
}
