//! 200 MB into a container, through the adapter and through the bare client: seconds, and the peak of
//! the process's memory. `CASTAD_TEST_AZURITE_URL` names the server.
#![expect(clippy::unwrap_used, reason = "a bench that cannot go on fails")]
#![expect(clippy::print_stdout, reason = "it tells what it measured")]

use std::{env, process::Command, sync::Arc, time::Instant};

use bytes::Bytes;
use castad_azure_blob::{Account, AzureBlob, Limits, Settings};
use castad_domain::{model::MediaKey, port::MediaStore};
use castad_memory::ManualClock;
use futures_util::{StreamExt, stream};
use object_store::{
    ObjectStore, PutMultipartOptions, WriteMultipart, azure::MicrosoftAzureBuilder,
};

const EMULATOR: &str = "UseDevelopmentStorage=true";
const KEY: &str =
    "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";
const PIECE: usize = 64 << 10;
const PIECES: usize = (200 << 20) / PIECE;
/// The peak that a long file may cause.
const MOST_KB: u64 = 32 << 10;

fn main() {
    let url = env::var("CASTAD_TEST_AZURITE_URL");
    let url = url.unwrap_or_else(|_| "http://127.0.0.1:10000/devstoreaccount1".to_owned());
    if let Some(way) = env::args().find(|arg| arg == "adapter" || arg == "bare") {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        runtime.block_on(run(&way, &url));
        return;
    }
    // A process each, so that each has a peak of its own.
    for way in ["adapter", "bare"] {
        assert!(Command::new(env::current_exe().unwrap()).arg(way).status().unwrap().success());
    }
}

async fn run(way: &str, url: &str) {
    let account = Account::from_connection_string(EMULATOR).unwrap().at(url).unwrap();
    let settings = Settings { account, place: "az://castad-bench".parse().unwrap() };
    let store = AzureBlob::new(settings, Limits::default(), Arc::new(ManualClock::default()));
    let store = store.unwrap();
    store.ensure().await.unwrap();
    let begun = Instant::now();
    if way == "adapter" {
        adapter(&store).await;
    } else {
        bare(url).await;
    }
    let seconds = begun.elapsed().as_secs_f64();
    let peak = peak_kb();
    println!("{way:8} 200 MB in {seconds:.2} s, peak {} MB", peak >> 10);
    assert!(way == "bare" || peak < MOST_KB, "{peak} kB are too many");
}

fn piece(n: usize) -> Bytes {
    let mut piece = vec![n.to_le_bytes()[0]; PIECE];
    piece[..12].copy_from_slice(b"\0\0\0\x18ftypisom");
    piece.into()
}

async fn adapter(store: &AzureBlob) {
    let key = MediaKey::parse("videos/large.mp4").unwrap();
    let body = stream::iter((0..PIECES).map(|n| Ok(piece(n)))).boxed();
    store.put(&key, body, u64::MAX).await.unwrap();
}

/// As the client's own documents have it, in blocks of the same length, as many at once.
async fn bare(url: &str) {
    let store = MicrosoftAzureBuilder::new()
        .with_account("devstoreaccount1")
        .with_access_key(KEY)
        .with_endpoint(url.to_owned())
        .with_allow_http(true)
        .with_container_name("castad-bench")
        .build()
        .unwrap();
    let begun = store.put_multipart_opts(&"bare.mp4".into(), PutMultipartOptions::default()).await;
    let limits = Limits::default();
    let mut sent = WriteMultipart::new_with_chunk_size(begun.unwrap(), limits.block);
    for n in 0..PIECES {
        sent.wait_for_capacity(limits.at_once).await.unwrap();
        sent.put(piece(n));
    }
    sent.finish().await.unwrap();
}

fn peak_kb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}
