//! The one who works: takes job after job, and leaves each ended or as it was.

use std::{
    fs::{self, File},
    io,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    thread,
};

use super::{
    Craft, Flaw,
    folder::{self, Failure, Folder},
    yard::{Shift, Yard},
};
use crate::files;

/// How often a job may take its process down with it.
const MOST_BEGINS: u32 = 100;

/// Starts the thread; it ends when the workshop is closed.
pub(super) fn hire<C: Craft>(yard: &Arc<Yard<C>>) -> io::Result<()> {
    let yard = yard.clone();
    let name = format!("studio-{}", C::MAKES.extension());
    let hired = thread::Builder::new().name(name).spawn(move || {
        while let Some(shift) = yard.next() {
            work(&yard, shift);
        }
    });
    hired.map(drop)
}

fn work<C: Craft>(yard: &Yard<C>, shift: Shift) {
    let Shift { folder, mut lock } = shift;
    let made = catch_unwind(AssertUnwindSafe(|| make(yard, &folder, &mut lock)));
    let made = made.unwrap_or_else(|_| {
        Err(Flaw::Engine("panic", "the engine broke down over this job".to_owned()))
    });
    if let Err(flaw) = made {
        // Whatever it was, the space is given back.
        drop(fs::remove_file(folder.part(C::MAKES)));
        if let Err(error) = settle(&folder, flaw) {
            tracing::warn!(job = %folder.attempt, %error, "a job waits for its disk");
            yard.is_full(folder.attempt);
        }
    }
    folder::forget_begins(&lock);
    drop(lock);
    // Who released the job while it was locked left the clearing up to us.
    if let Err(error) = yard.tidy(&folder) {
        tracing::warn!(job = %folder.attempt, %error, "a released job could not be removed");
    }
}

fn make<C: Craft>(yard: &Yard<C>, folder: &Folder, lock: &mut File) -> Result<(), Flaw> {
    if !folder.is_wanted() {
        return Err(Flaw::Stopped);
    }
    let unreadable = || Flaw::Order("order", "the order cannot be read any more".to_owned());
    let order = folder.order::<C::Order>().ok_or_else(unreadable)?;
    if folder::count_begin(lock)? > MOST_BEGINS {
        let detail = format!("the studio was stopped {MOST_BEGINS} times while it made this");
        return Err(Flaw::Engine("stopped", detail));
    }

    let mut gauge = folder.gauge()?;
    let mut out = File::create(folder.part(C::MAKES))?;
    let label = yard.craft.make(&order, &folder.path, &mut out, &mut |share| {
        gauge.show(share);
        folder.is_wanted() && !yard.is_closed()
    })?;
    out.sync_all()?;
    Ok(folder.finish(C::MAKES, &label)?)
}

/// Keeps why it came to nothing. An error says that not even that was possible, or that it would be
/// wrong to give up: the disk may have room again.
fn settle(folder: &Folder, flaw: Flaw) -> io::Result<()> {
    let failure =
        |code: &str, detail, retryable| Failure { code: code.to_owned(), detail, retryable };
    match flaw {
        Flaw::Stopped => Ok(()),
        Flaw::Disk(error) if !folder.is_wanted() => {
            tracing::debug!(job = %folder.attempt, %error, "a job was released while it was made");
            Ok(())
        }
        Flaw::Disk(error) if files::is_full(&error) => Err(error),
        Flaw::Disk(error) => {
            tracing::warn!(job = %folder.attempt, %error, "a job failed at its disk");
            let detail = "the studio's disk could not be read or written".to_owned();
            folder.fail(&failure("disk", detail, true))
        }
        Flaw::Order(code, detail) => folder.fail(&failure(code, detail, false)),
        Flaw::Engine(code, detail) => folder.fail(&failure(code, detail, true)),
    }
}
