// Publish events with amqplib, written by the CloudEvents SDK, and wait for their receipts.
// Arguments: the broker's address with the agency's user, the agency's code.
// On stdin: [{mode: structured | binary, event}, …]; on stdout: what came into the agency's queue,
// as the SDK reads it: [{type, subject, data, correlation}, …].
import { readFileSync } from "node:fs";
import amqp from "amqplib";
import { CloudEvent, HTTP } from "cloudevents";

const [broker, agency] = process.argv.slice(2);
const said = JSON.parse(readFileSync(0, "utf8"));

const connection = await amqp.connect(broker);
const channel = await connection.createConfirmChannel();
const heard = [];
const everyReceipt = new Promise((resolve) => {
  channel.consume(`agency.${agency}`, (delivery) => {
    const { contentType, correlationId, headers } = delivery.properties;
    const body = delivery.content.toString();
    const event = HTTP.toEvent({ headers: { ...headers, "content-type": contentType }, body });
    heard.push({
      type: event.type,
      subject: event.subject,
      data: event.data,
      correlation: correlationId,
    });
    channel.ack(delivery);
    const receipts = heard.filter(({ type }) => type === "vn.lienthong.receipt.issued.v1");
    if (receipts.length === said.length) resolve();
  });
});

for (const { mode, event } of said) {
  const { headers, body } = HTTP[mode](new CloudEvent(event));
  const { "content-type": contentType, ...attributes } = headers;
  const key = `${agency}.${event.type.slice("vn.lienthong.".length, -".v1".length)}`;
  channel.publish("lienthong.messages", key, Buffer.from(body), {
    contentType,
    headers: attributes,
    messageId: event.id,
    persistent: true,
    mandatory: true,
  });
}
await channel.waitForConfirms();
await everyReceipt;
await channel.close();
await connection.close();
console.log(JSON.stringify(heard));
