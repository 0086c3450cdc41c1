//! Loaders that fail, panic, or wait for themselves.

use super::*;

#[test]
fn an_error_goes_to_all_and_the_next_caller_loads_again() {
    let mut loads = Loads::new();
    let gate = Gate::default();
    let outputs = [loads.begin(&gate).1, loads.begin(&gate).1];
    gate.open(Err("no"));
    loads.stage.run();
    for output in &outputs {
        assert_eq!(error(output).unwrap().loader(), Some(&"no"));
    }
    let second = loads.begin(&gate).1;
    assert_eq!(gate.calls.get(), 2);
    assert_eq!(error(&second).unwrap().loader(), Some(&"no"));
    loads.assert_nothing_is_left();
}

#[test]
fn a_loader_that_loads_its_own_key_is_told_so() {
    let mut loads = Loads::new();
    let cache = loads.cache.clone();
    let (_, output) = loads.stage.spawn(async move {
        let within = cache.clone();
        cache
            .load(&7, async move |_| {
                let inner = within.load(&8, {
                    let within = within.clone();
                    async move |_| within.load(&7, async |_| Ok::<_, &str>(1)).await.map_err(|error| error.to_string())
                });
                inner.await.map_err(|error| error.loader().cloned().unwrap_or_default())
            })
            .await
            .map_err(|error| error.loader().cloned())
    });
    assert_eq!(output.borrow().clone(), Some(Err(Some("the caller would wait for itself".to_owned()))));
    loads.assert_nothing_is_left();
}

#[test]
fn a_loader_that_panics_hands_over() {
    let mut loads = Loads::new();
    let cache = loads.cache.clone();
    let trigger = Gate::default();
    let inside = trigger.clone();
    let mut panicking = Box::pin(async move {
        cache
            .load(&7, async move |_| -> Result<u32, &'static str> {
                inside.load().await?;
                panic!("the loader's own")
            })
            .await
    });
    assert!(panicking.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    let gate = Gate::default();
    let other = loads.begin(&gate).1;
    trigger.open(Ok(0));
    let poll = std::panic::AssertUnwindSafe(|| panicking.as_mut().poll(&mut Context::from_waker(Waker::noop())));
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    assert!(std::panic::catch_unwind(poll).is_err());
    std::panic::set_hook(hook);
    loads.stage.run();
    assert_eq!(gate.calls.get(), 1);
    gate.open(Ok(5));
    loads.stage.run();
    assert_eq!(value(&other), Some(5));
    drop(panicking);
    loads.assert_nothing_is_left();
}

#[test]
fn callers_with_other_errors_share_the_load_and_know_it() {
    let mut loads = Loads::new();
    let gate = Gate::default();
    loads.begin(&gate);
    let cache = loads.cache.clone();
    let (_, other) = loads.stage.spawn(async move { cache.load(&7, async |_| Err::<u32, u8>(1)).await });
    gate.open(Err("no"));
    loads.stage.run();
    assert!(matches!(other.take(), Some(Err(LoadError::Other(error))) if error.is::<&'static str>()));
}

#[test]
fn after_a_failure_callers_back_off() {
    let mut loads = Loads::new();
    let backoff = Duration::from_millis(50);
    let builder = Cache::builder().grace(ONE_HOUR).grace_backoff(backoff).negative_backoff(backoff);
    loads.cache = builder.runtime(loads.stage.time.clone()).build();
    let gate = Gate::default();
    gate.open(Err("down"));
    let answers = |loads: &mut Loads| (loads.begin(&gate).1, loads.begin(&gate).1);
    let (first, second) = answers(&mut loads);
    let (first, second) = (error(&first).unwrap(), error(&second).unwrap());
    assert!(matches!(&first, LoadError::Loader(_)) && matches!(&second, LoadError::FailedRecently(_)));
    assert_eq!((first.loader(), second.loader()), (Some(&"down"), Some(&"down")));
    assert_eq!(gate.calls.get(), 1);
    loads.stage.advance(50);
    loads.begin(&gate);
    assert_eq!(gate.calls.get(), 2);
    loads.cache.insert(7, 1);
    loads.cache.expire(&7);
    let (first, second) = answers(&mut loads);
    assert_eq!((value(&first), value(&second), gate.calls.get()), (Some(1), Some(1), 3));
    loads.cache.remove(&7);
    loads.assert_nothing_is_left();
}

#[test]
fn an_error_that_comes_late_is_not_the_cause() {
    let mut loads = Loads::new();
    let builder = Cache::builder().lease(Duration::from_millis(LEASE)).negative_backoff(ONE_HOUR);
    loads.cache = builder.runtime(loads.stage.time.clone()).build();
    let [late, last] = [Gate::default(), Gate::default()];
    let (number, _) = loads.begin(&late);
    let work = loads.stage.pause(number);
    loads.stage.advance(LEASE);
    last.open(Err("last"));
    assert_eq!(error(&loads.begin(&last).1).unwrap().loader(), Some(&"last"));
    late.open(Err("late"));
    loads.stage.resume(number, work);
    let second = error(&loads.begin(&last).1).unwrap();
    assert_eq!((second.loader(), last.calls.get()), (Some(&"last"), 1));
}

#[test]
fn a_call_has_backoffs_of_its_own() {
    let mut loads = Loads::new();
    let calls = Rc::new(Cell::new(0));
    let ask = |stage: &mut Stage, cache: &Cache<u32, u32>, backoff: u64| {
        let (cache, calls) = (cache.clone(), Rc::clone(&calls));
        let loader = async move |_| {
            calls.set(calls.get() + 1);
            Err::<u32, _>("down")
        };
        let load = async move {
            let load = cache.load(&7, loader).negative_backoff(Duration::from_millis(backoff));
            matches!(load.await, Err(LoadError::FailedRecently(_)))
        };
        stage.spawn(load).1.take().unwrap()
    };
    let cache = loads.cache.clone();
    assert!(!ask(&mut loads.stage, &cache, 50));
    assert!(ask(&mut loads.stage, &cache, 50));
    assert!(!ask(&mut loads.stage, &cache, 0), "a call without a backoff tries");
    loads.stage.advance(60);
    assert!(!ask(&mut loads.stage, &cache, 50));
    assert_eq!(calls.get(), 3);
}
