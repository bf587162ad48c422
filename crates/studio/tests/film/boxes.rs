//! Reads an MP4 file as a player does, independently of the code that writes it.

pub(crate) struct File<'a> {
    bytes: &'a [u8],
    pub(crate) clock: u32,
}

#[derive(Debug)]
pub(crate) struct Edit {
    pub(crate) duration: u64,
    pub(crate) start: u32,
}

#[derive(Debug)]
pub(crate) struct Track {
    pub(crate) size: (u32, u32),
    pub(crate) edit: Edit,
    pub(crate) sizes: Vec<usize>,
    pub(crate) keys: Vec<u32>,
    portions: Vec<(usize, usize)>,
    sets: Vec<Vec<u8>>,
}

fn boxes(bytes: &[u8]) -> Vec<(&str, &[u8])> {
    let mut found = Vec::new();
    let mut at = 0;
    while at + 8 <= bytes.len() {
        let length = number(bytes, at) as usize;
        assert!(length >= 8 && at + length <= bytes.len(), "a box leaves its parent");
        let name = std::str::from_utf8(&bytes[at + 4..at + 8]).expect("a box has a name");
        found.push((name, &bytes[at + 8..at + length]));
        at += length;
    }
    assert_eq!(at, bytes.len(), "the boxes fill their parent");
    found
}

fn number(bytes: &[u8], at: usize) -> u32 {
    u32::from_be_bytes(bytes[at..at + 4].try_into().expect("four bytes"))
}

fn numbers(bytes: &[u8], from: usize) -> Vec<u32> {
    bytes[from..].chunks_exact(4).map(|four| number(four, 0)).collect()
}

fn inner<'a>(bytes: &'a [u8], path: &[&str]) -> &'a [u8] {
    path.iter().fold(bytes, |bytes, name| {
        boxes(bytes)
            .into_iter()
            .find(|(found, _)| found == name)
            .map(|(_, inner)| inner)
            .expect(name)
    })
}

impl<'a> File<'a> {
    pub(crate) fn read(bytes: &'a [u8]) -> Self {
        Self { bytes, clock: number(inner(bytes, &["moov", "mvhd"]), 12) }
    }

    pub(crate) fn order(&self) -> Vec<&str> {
        boxes(self.bytes).into_iter().map(|(name, _)| name).collect()
    }

    /// Where the media begins and ends.
    pub(crate) fn media(&self) -> (usize, usize) {
        (self.bytes.len() - inner(self.bytes, &["mdat"]).len(), self.bytes.len())
    }

    pub(crate) fn track(&self, handler: &str) -> Track {
        let track = boxes(inner(self.bytes, &["moov"])).into_iter().find(|(name, track)| {
            *name == "trak" && &inner(track, &["mdia", "hdlr"])[8..12] == handler.as_bytes()
        });
        Track::read(track.expect("the track is there").1)
    }
}

impl Track {
    fn read(track: &[u8]) -> Self {
        let header = inner(track, &["tkhd"]);
        let edit = inner(track, &["edts", "elst"]);
        let table = inner(track, &["mdia", "minf", "stbl"]);
        let keys = boxes(table).into_iter().find(|(name, _)| *name == "stss");
        let sizes: Vec<usize> =
            numbers(inner(table, &["stsz"]), 12).into_iter().map(|size| size as usize).collect();
        let runs: u32 = numbers(inner(table, &["stts"]), 8).chunks(2).map(|run| run[0]).sum();
        assert_eq!(runs as usize, sizes.len(), "every sample has a time");
        Self {
            size: (number(header, 76) >> 16, number(header, 80) >> 16),
            edit: Edit { duration: number(edit, 8).into(), start: number(edit, 12) },
            sizes,
            keys: keys.map(|(_, keys)| numbers(keys, 8)).unwrap_or_default(),
            portions: portions(table),
            sets: parameter_sets(inner(table, &["stsd"])),
        }
    }

    /// Place and size of every sample in order.
    pub(crate) fn samples(&self) -> impl Iterator<Item = (usize, usize)> {
        let mut sizes = self.sizes.iter();
        self.portions.iter().flat_map(move |(place, count)| {
            let mut at = *place;
            let portion: Vec<_> = sizes.by_ref().take(*count).collect();
            portion.into_iter().map(move |size| {
                at += size;
                (at - size, *size)
            })
        })
    }

    /// The stream as a decoder without a container takes it.
    pub(crate) fn annex_b(&self, file: &[u8]) -> Vec<u8> {
        let mut stream = Vec::new();
        let mut unit = |bytes: &[u8]| {
            stream.extend([0, 0, 0, 1]);
            stream.extend(bytes);
        };
        for set in &self.sets {
            unit(set);
        }
        for (at, size) in self.samples() {
            let mut rest = &file[at..at + size];
            while !rest.is_empty() {
                let length = number(rest, 0) as usize;
                unit(&rest[4..4 + length]);
                rest = &rest[4 + length..];
            }
        }
        stream
    }
}

fn portions(table: &[u8]) -> Vec<(usize, usize)> {
    let places = numbers(inner(table, &["stco"]), 8);
    let runs = numbers(inner(table, &["stsc"]), 8);
    let count = |portion: u32| {
        runs.chunks(3).take_while(|run| run[0] <= portion).last().map_or(0, |run| run[1] as usize)
    };
    places.into_iter().zip(1..).map(|(place, portion)| (place as usize, count(portion))).collect()
}

fn parameter_sets(entries: &[u8]) -> Vec<Vec<u8>> {
    let (name, entry) = boxes(&entries[8..])[0];
    if name != "avc1" {
        return Vec::new();
    }
    let sets = inner(&entry[78..], &["avcC"]);
    let first = usize::from(u16::from_be_bytes([sets[6], sets[7]]));
    let second = usize::from(u16::from_be_bytes([sets[9 + first], sets[10 + first]]));
    vec![sets[8..8 + first].to_vec(), sets[11 + first..11 + first + second].to_vec()]
}
