// The whole story, as a program sees it: from registration to ads, what pays for them, and where they are
// shown. The clients' types are made of the document:
//
//   npx openapi-typescript $CASTAD/openapi.json --default-non-nullable=false --output castad.d.ts && npx tsc
//   CASTAD=http://127.0.0.1:8080 ADMIN_KEY=castad_… HOOK=127.0.0.1:9000 node out/story.js picture.jpg
//
// One chapter a file. `CASTAD_PAYMENTS=stand-in` lets the studio be paid without charging anybody, and
// `CASTAD_WEBHOOK_HOSTS=127.0.0.1:9000` lets it call the story by its webhook.
import { readFile } from "node:fs/promises";
import { comesBack, handsOutKeys, isPatient, joins, tellsWhatToTell } from "./access.js";
import { asksForAll, changesTheWords, goesOnAfterAFailure } from "./ad.js";
import { isOnAir, standsInLine } from "./air.js";
import { asked, say, withKey } from "./client.js";
import { keepsTheShop, looksAfterTheWork, opensTheDoor } from "./desk.js";
import { comesFromTheEarlierService } from "./earlier.js";
import { isCalled } from "./hooks.js";
import { buysPoints, spendsPoints } from "./shop.js";

const picture = new Blob([await readFile(process.argv[2] ?? "picture.jpg")]);
const admin = withKey(process.env["ADMIN_KEY"] ?? "");

await opensTheDoor();
const daon = await joins("daon", "다온");
const jian = await joins("jian", "지안");
await comesBack(daon);
await tellsWhatToTell(daon);
await handsOutKeys(daon);
await isPatient(daon);

await spendsPoints(daon, admin);
const video = await changesTheWords(daon, picture);
const made = await asksForAll(daon, picture);
await goesOnAfterAFailure(jian, { friend: daon, admin }, picture);

await keepsTheShop(admin);
await buysPoints(daon, admin);
await isOnAir(daon, jian, admin, video);
await standsInLine(daon, admin, video);

await isCalled(daon, process.env["HOOK"] ?? "127.0.0.1:9000");
await comesFromTheEarlierService(daon, picture, made);
await looksAfterTheWork(daon, admin);

say({ asked: [...asked].sort() });
