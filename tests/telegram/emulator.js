// Starts the emulator on a free port of this machine and prints its address. It ends with its standard input.
const net = require('net');
const TelegramServer = require('telegram-test-api');

const probe = net.createServer();
probe.listen(0, '127.0.0.1', () => {
  const { port } = probe.address();
  probe.close(async () => {
    const emulator = new TelegramServer({ port, host: '127.0.0.1', storeTimeout: 3600 });
    await emulator.start();
    console.log(`http://127.0.0.1:${port}`);
    process.stdin.on('end', () => process.exit(0)).resume();
  });
});
