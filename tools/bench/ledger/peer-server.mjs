// The peer's HTTP side: Fastify with a schema (its fast path) and a pool.
import Fastify from 'fastify';
import pg from 'pg';

const pool = new pg.Pool({ connectionString: process.env.PEER_DATABASE, max: 20 });
const app = Fastify({ bodyLimit: 4 * 1024 * 1024 });
const transfer = {
  type: 'object',
  required: ['transactionId', 'from', 'to', 'amount', 'currency'],
  properties: {
    transactionId: { type: 'string', pattern: '^[a-z0-9._-]{1,100}$' },
    from: { type: 'string' },
    to: { type: 'string' },
    amount: { type: 'string', pattern: '^\\d{1,13}\\.\\d{2}$' },
    currency: { type: 'string', const: 'EUR' },
  },
};
const minorUnits = (amount) => amount.replace('.', '');
const codes = { posted: 201, repeated: 200, refused: 422, 'key-reused': 422 };

app.get('/health', () => ({ ok: true }));
app.post('/v1/transfers', { schema: { body: transfer } }, async ({ body }, reply) => {
  const { rows } = await pool.query({
    name: 'transfer',
    text: 'select transfer($1, $2, $3, $4) as result',
    values: [body.transactionId, body.from, body.to, minorUnits(body.amount)],
  });
  const { result } = rows[0];
  return reply.code(codes[result]).send({ transactionId: body.transactionId, status: result });
});
app.post(
  '/v1/batches',
  {
    schema: {
      body: { type: 'object', properties: { commands: { type: 'array', items: transfer } } },
    },
  },
  async ({ body }) => {
    const list = body.commands.map(({ transactionId: id, from, to, amount }) => ({
      id,
      from,
      to,
      amount: minorUnits(amount),
    }));
    const { rows } = await pool.query({
      name: 'transfers',
      text: 'select transfers($1) as results',
      values: [JSON.stringify(list)],
    });
    return { results: rows[0].results.map((result) => ({ status: codes[result] })) };
  },
);
await app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' });
process.on('SIGTERM', () =>
  app
    .close()
    .then(() => pool.end())
    .then(() => process.exit(0)),
);
