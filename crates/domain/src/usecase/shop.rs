//! Packs of points, and the orders that buy them.

mod cancel;
mod counter;
mod packs;
mod pay;
mod place;
mod settle;

pub use cancel::CancelOrder;
pub use counter::ShopRefusal;
pub use packs::{ChangePack, OpenPack, PackRefusal};
pub use pay::PayOrder;
pub use place::{PlaceOrder, PlacedOrder, StockGuard, Wanted as WantedPacks};
pub use settle::SettleOrders;
