// Receives webhooks: checks the signature, leaves out repeats, prints one line an event.
//
//     CALLBOARD_SECRET='…' PORT=8000 node receive.mjs
import { createHmac, timingSafeEqual } from "node:crypto";
import { createServer } from "node:http";

const secret = process.env.CALLBOARD_SECRET;
if (!secret) throw new Error("set CALLBOARD_SECRET");
const oldest = 300; // seconds: what is older may be a recording that somebody plays again
const seen = new Set(); // ids; keep them in your database if repeats must not survive a restart

function isGenuine(headers, body) {
  const timestamp = headers["callboard-timestamp"] ?? "";
  if (!/^\d+$/.test(timestamp) || Math.abs(Date.now() / 1000 - Number(timestamp)) > oldest) return false;
  const signed = Buffer.concat([Buffer.from(`${headers["callboard-id"]}.${timestamp}.`), body]);
  const wanted = Buffer.from("v1=" + createHmac("sha256", secret).update(signed).digest("hex"));
  // There are two signatures, by comma, while the secret is being changed.
  return (headers["callboard-signature"] ?? "").split(",").some((one) => {
    const given = Buffer.from(one);
    return given.length === wanted.length && timingSafeEqual(given, wanted);
  });
}

createServer((request, response) => {
  const parts = [];
  request.on("data", (part) => parts.push(part));
  request.on("end", () => {
    const body = Buffer.concat(parts);
    if (!isGenuine(request.headers, body)) return response.writeHead(401).end();
    const id = request.headers["callboard-id"];
    if (!seen.has(id)) {
      seen.add(id);
      if (seen.size > 10_000) seen.delete(seen.values().next().value);
      const event = JSON.parse(body);
      console.log(event.event, event.ressource, event.data.Calling ?? "");
    }
    response.writeHead(204).end();
  });
}).listen(Number(process.env.PORT ?? 8000), "127.0.0.1");
