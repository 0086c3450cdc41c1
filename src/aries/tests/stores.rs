//! Locks over a store that answers at once.

use super::get;
use crate::aries::{BaseCache, CacheError, ErrorCode, KeyLocks, Keys};
use futures_executor::block_on;
use futures_util::future::join_all;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

/// A store of another kind, which counts what is asked of it, and fails on demand.
#[derive(Clone, Default)]
struct Shelf {
    values: Rc<RefCell<HashMap<String, u32>>>,
    locks: KeyLocks<u32>,
    fails: Rc<Cell<bool>>,
}

impl Shelf {
    fn answer(&self) -> Result<(), CacheError> {
        if self.fails.get() { Err(CacheError::store(std::fmt::Error)) } else { Ok(()) }
    }
}

impl BaseCache for Shelf {
    type Value = u32;

    fn locks(&self) -> &KeyLocks<u32> {
        &self.locks
    }

    async fn get(&self, key: &str) -> Result<Option<u32>, CacheError> {
        self.answer()?;
        Ok(self.values.borrow().get(key).copied())
    }

    async fn set(&self, keys: impl Keys, value: u32, _ttl: Option<f64>) -> Result<(), CacheError> {
        let keys = keys.into_keys();
        let _change = self.locks.change(&keys).await;
        self.answer()?;
        self.values.borrow_mut().extend(keys.into_iter().map(|key| (key, value)));
        Ok(())
    }

    async fn clear(&self, key: &str) -> Result<(), CacheError> {
        let _change = self.locks.change(&[key]).await;
        self.values.borrow_mut().remove(key);
        Ok(())
    }

    async fn flush(&self) -> Result<(), CacheError> {
        let _change = self.locks.change_all().await;
        self.values.borrow_mut().clear();
        Ok(())
    }
}

#[test]
fn any_store_has_one_computation_for_all() {
    let shelf = Shelf::default();
    let calls = Cell::new(0);
    let callers = (0..100).map(|_| async {
        let lock = shelf.lock("key").await.unwrap();
        if let Some(value) = lock.result() {
            return value;
        }
        calls.set(calls.get() + 1);
        lock.set_result(7, None).await.unwrap();
        7
    });
    assert_eq!(block_on(join_all(callers)), [7; 100]);
    assert_eq!((calls.get(), get(&shelf, "key")), (1, Some(7)));
    shelf.values.borrow_mut().insert("key".to_owned(), 8);
    assert_eq!(block_on(shelf.lock("key")).unwrap().result(), Some(8), "the store has the last word");
}

#[test]
fn a_change_of_the_store_fences_what_is_computed() {
    for all in [false, true] {
        let shelf = Shelf::default();
        let lock = block_on(shelf.lock("key")).unwrap();
        let waiter = shelf.acquire("key").unwrap();
        block_on(async { if all { shelf.flush().await } else { shelf.clear("key").await } }).unwrap();
        let later = block_on(shelf.lock("key")).unwrap();
        assert!(!later.done() && later.parent().is_none());
        block_on(lock.set_result(1, None)).unwrap();
        assert_eq!((block_on(waiter.future()), get(&shelf, "key")), (Some(1), None));
    }
}

#[test]
fn a_store_that_fails_blocks_no_key() {
    let shelf = Shelf::default();
    shelf.fails.set(true);
    assert_eq!(block_on(shelf.lock("key")).unwrap_err().code(), ErrorCode::Store);
    assert!(!shelf.locks.is_locked("key"));
    shelf.fails.set(false);
    let lock = block_on(shelf.lock("key")).unwrap();
    let waiter = shelf.acquire("key").unwrap();
    shelf.fails.set(true);
    assert_eq!(block_on(lock.set_result(1, None)).unwrap_err().code(), ErrorCode::Store);
    assert_eq!(block_on(waiter.future()), Some(1), "those who wait have the result nonetheless");
}
