//! How many logout tokens may be under way at once, in all and to one client.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::Notify;

/// The most in all, in this replica.
const IN_ALL: i64 = 16;
/// The most to one client: a dead one holds these until its time is up, and no more.
pub const PER_CLIENT: i64 = 4;

/// The deliveries that are under way.
#[derive(Clone, Default)]
pub struct Places(Arc<Taken>);

#[derive(Default)]
struct Taken {
    by_client: Mutex<HashMap<String, i64>>,
    freed: Notify,
}

/// A delivery's place, until it is dropped.
pub struct Place {
    places: Places,
    client_id: String,
}

impl Places {
    /// How many more deliveries may begin.
    pub fn free(&self) -> i64 {
        (IN_ALL - self.lock().values().sum::<i64>()).max(0)
    }

    /// The clients that are being told something, and how many more deliveries to each may begin.
    pub fn taken_by(&self) -> Vec<(String, i64)> {
        let under_way = self.lock();
        under_way.iter().map(|(client, taken)| (client.clone(), (PER_CLIENT - taken).max(0))).collect()
    }

    /// Takes one for `client_id`.
    pub fn take(&self, client_id: &str) -> Place {
        *self.lock().entry(client_id.to_owned()).or_default() += 1;
        Place { places: self.clone(), client_id: client_id.to_owned() }
    }

    /// Waits until a place was freed that was not waited for before.
    pub async fn freed(&self) {
        self.0.freed.notified().await;
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, i64>> {
        self.0.by_client.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut under_way = self.places.lock();
        if let Some(taken) = under_way.get_mut(&self.client_id) {
            *taken -= 1;
            if *taken == 0 {
                under_way.remove(&self.client_id);
            }
        }
        drop(under_way);
        self.places.0.freed.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_free_again_when_its_delivery_is_over() {
        let places = Places::default();
        let (first, second) = (places.take("a"), places.take("a"));
        assert_eq!((places.free(), places.taken_by()), (IN_ALL - 2, vec![("a".to_owned(), PER_CLIENT - 2)]));
        drop((first, second));
        assert_eq!((places.free(), places.taken_by()), (IN_ALL, Vec::new()));
    }
}
