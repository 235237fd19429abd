// The screen of a machine: RFB 3.8 (RFC 6143) over a WebSocket, raw pixels on a canvas, keyboard and pointer.
// The ticket is the first message; after it the process behind speaks RFB and asks for no password.
const canvas = document.getElementById('console');
const status = document.getElementById('console-status');
const cad = document.getElementById('console-cad');
const context = canvas.getContext('2d', { alpha: false });
const say = (words) => { status.textContent = words; };
const RAW = 0, COPY_RECT = 1, DESKTOP_SIZE = -223;

// What arrives is a stream, however it was cut into messages.
class Stream {
  constructor() { this.parts = []; this.size = 0; this.wanted = 0; this.wake = null; }
  push(data) {
    this.parts.push(new Uint8Array(data));
    this.size += data.byteLength;
    if (this.wake && this.size >= this.wanted) { const wake = this.wake; this.wake = null; wake(); }
  }
  async bytes(count) {
    if (this.size < count) { this.wanted = count; await new Promise((ok) => { this.wake = ok; }); }
    const found = new Uint8Array(count);
    for (let at = 0; at < count;) {
      const part = this.parts[0], take = Math.min(part.length, count - at);
      found.set(part.subarray(0, take), at);
      at += take;
      if (take === part.length) this.parts.shift(); else this.parts[0] = part.subarray(take);
    }
    this.size -= count;
    return found;
  }
  async view(count) { return new DataView((await this.bytes(count)).buffer); }
}

const incoming = new Stream();
const socket = new WebSocket(canvas.dataset.address, ['binary']);
socket.binaryType = 'arraybuffer';
const send = (...bytes) => { if (socket.readyState === WebSocket.OPEN) socket.send(new Uint8Array(bytes)); };
const high = (value) => (value >> 8) & 255, low = (value) => value & 255;

socket.addEventListener('open', () => { socket.send(canvas.dataset.ticket); delete canvas.dataset.ticket; });
socket.addEventListener('message', (e) => { if (e.data instanceof ArrayBuffer) incoming.push(e.data); });
socket.addEventListener('close', (e) => {
  cad.disabled = true;
  canvas.dataset.state = 'closed';
  say(e.reason ? `Closed: ${e.reason}.` : 'Closed. Open the console anew to go on.');
});

// 1. greetings
async function greet() {
  const version = await incoming.bytes(12);
  socket.send(version);
  const [count] = await incoming.bytes(1);
  if (!(await incoming.bytes(count)).includes(1)) throw new Error('an unknown login is asked for');
  send(1);
  if ((await incoming.view(4)).getUint32(0) !== 0) throw new Error('the login failed');
  send(1); // others may look too
  const facts = await incoming.view(24);
  await incoming.bytes(facts.getUint32(20)); // its name
  resize(facts.getUint16(0), facts.getUint16(2));
  // 32 bits, 24 deep, little endian, true colour, red first: the order of a canvas
  send(0, 0, 0, 0, 32, 24, 0, 1, 0, 255, 0, 255, 0, 255, 0, 8, 16, 0, 0, 0);
  const encodings = [COPY_RECT, RAW, DESKTOP_SIZE];
  const list = encodings.flatMap((one) => [(one >> 24) & 255, (one >> 16) & 255, high(one), low(one)]);
  send(2, 0, 0, encodings.length, ...list);
}

function resize(width, height) {
  canvas.width = width;
  canvas.height = height;
}

const ask = (all) => send(3, all ? 0 : 1, 0, 0, 0, 0, high(canvas.width), low(canvas.width), high(canvas.height), low(canvas.height));

// 2. pictures
async function update() {
  const count = (await incoming.view(3)).getUint16(1);
  let grown = false;
  for (let n = 0; n < count; n += 1) {
    const at = await incoming.view(12);
    const [x, y, width, height] = [0, 2, 4, 6].map((offset) => at.getUint16(offset));
    const encoding = at.getInt32(8);
    if (encoding === RAW) await paint(x, y, width, height);
    else if (encoding === COPY_RECT) {
      const from = await incoming.view(4);
      context.drawImage(canvas, from.getUint16(0), from.getUint16(2), width, height, x, y, width, height);
    } else if (encoding === DESKTOP_SIZE) { resize(width, height); grown = true; } else throw new Error('an unknown picture came');
  }
  canvas.dataset.state = 'shown';
  ask(grown);
}

async function paint(x, y, width, height) {
  if (!width || !height) return;
  const pixels = await incoming.bytes(width * height * 4);
  for (let at = 3; at < pixels.length; at += 4) pixels[at] = 255;
  context.putImageData(new ImageData(new Uint8ClampedArray(pixels.buffer), width, height), x, y);
}

async function listen() {
  for (;;) {
    const [kind] = await incoming.bytes(1);
    if (kind === 0) await update();
    else if (kind === 1) { const head = await incoming.view(5); await incoming.bytes(6 * head.getUint16(3)); }
    else if (kind === 3) { const head = await incoming.view(7); await incoming.bytes(head.getUint32(3)); }
    else if (kind !== 2) throw new Error('an unknown message came');
  }
}

// 3. keyboard: names of keys to X11 keysyms; letters are their code points
const NAMED = {
  Backspace: 0xff08, Tab: 0xff09, Enter: 0xff0d, Escape: 0xff1b, Delete: 0xffff, Home: 0xff50, ArrowLeft: 0xff51,
  ArrowUp: 0xff52, ArrowRight: 0xff53, ArrowDown: 0xff54, PageUp: 0xff55, PageDown: 0xff56, End: 0xff57,
  Insert: 0xff63, ContextMenu: 0xff67, NumLock: 0xff7f, CapsLock: 0xffe5, Pause: 0xff13, ScrollLock: 0xff14,
  PrintScreen: 0xff61, AltGraph: 0xfe03, Meta: 0xffeb,
};
const SIDED = { Shift: [0xffe1, 0xffe2], Control: [0xffe3, 0xffe4], Alt: [0xffe9, 0xffea] };
const pressed = new Map();

function keysym(e) {
  if (SIDED[e.key]) return SIDED[e.key][e.location === 2 ? 1 : 0];
  const number = /^F(\d{1,2})$/.exec(e.key);
  if (number) return 0xffbd + Number(number[1]);
  if (NAMED[e.key]) return NAMED[e.key];
  const point = [...e.key].length === 1 ? e.key.codePointAt(0) : 0;
  if (!point) return 0;
  return point < 256 ? point : 0x01000000 | point;
}

const key = (down, symbol) => send(4, down, 0, 0, (symbol >>> 24) & 255, (symbol >> 16) & 255, high(symbol), low(symbol));
const letGo = () => { for (const symbol of pressed.values()) key(0, symbol); pressed.clear(); };

canvas.addEventListener('keydown', (e) => {
  if (e.key === 'Escape' && e.shiftKey) { letGo(); cad.focus(); e.preventDefault(); return; }
  const symbol = keysym(e);
  if (!symbol) return;
  e.preventDefault();
  pressed.set(e.code, symbol);
  key(1, symbol);
});
canvas.addEventListener('keyup', (e) => {
  const symbol = pressed.get(e.code);
  if (symbol === undefined) return;
  e.preventDefault();
  pressed.delete(e.code);
  key(0, symbol);
});
canvas.addEventListener('blur', letGo);
cad.addEventListener('click', () => {
  const symbols = [0xffe3, 0xffe9, 0xffff];
  for (const symbol of symbols) key(1, symbol);
  for (const symbol of symbols.reverse()) key(0, symbol);
  canvas.focus();
});

// 4. pointer: buttons as bits, the wheel as buttons four and five
const BUTTONS = { 0: 1, 1: 2, 2: 4 };
let held = 0;
function point(e) {
  const box = canvas.getBoundingClientRect();
  const x = Math.max(0, Math.min(canvas.width - 1, Math.floor((e.clientX - box.left) * canvas.width / box.width)));
  const y = Math.max(0, Math.min(canvas.height - 1, Math.floor((e.clientY - box.top) * canvas.height / box.height)));
  return [high(x), low(x), high(y), low(y)];
}
canvas.addEventListener('pointerdown', (e) => { canvas.focus(); canvas.setPointerCapture(e.pointerId); held |= BUTTONS[e.button] || 0; send(5, held, ...point(e)); e.preventDefault(); });
canvas.addEventListener('pointerup', (e) => { held &= ~(BUTTONS[e.button] || 0); send(5, held, ...point(e)); });
canvas.addEventListener('pointermove', (e) => send(5, held, ...point(e)));
canvas.addEventListener('contextmenu', (e) => e.preventDefault());
canvas.addEventListener('wheel', (e) => {
  if (document.activeElement !== canvas) return;
  const button = e.deltaY < 0 ? 8 : 16, at = point(e);
  send(5, held | button, ...at);
  send(5, held, ...at);
  e.preventDefault();
}, { passive: false });

try {
  await greet();
  say('Connected.');
  cad.disabled = false;
  canvas.dataset.state = 'open';
  ask(true);
  await listen();
} catch (error) {
  say(`Closed: ${error.message}.`);
  socket.close();
}
