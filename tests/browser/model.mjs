// A model behind OpenAI's protocol that says what a test wants it to, as slowly as it wants.
import { createServer } from 'node:http';

const chunk = (delta, finish = null) => `data: ${JSON.stringify({
  id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model: 'scripted',
  choices: [{ index: 0, delta, finish_reason: finish }],
})}\n\n`;

export class Model {
  sentences = ['A loop watches what it does [1].', 'It measures the result.', 'It corrects the next command.', 'What would you measure here?'];
  /** Milliseconds before each sentence. */
  pause = 0;
  /** Refuses with this status instead. */
  status = 200;
  asked = 0;

  static async start() {
    const model = new Model();
    model.server = createServer((request, response) => model.#answer(request, response));
    await new Promise((resolve) => model.server.listen(0, '127.0.0.1', resolve));
    return model;
  }

  /** What a trio needs to have it as its tutor. */
  get variables() {
    return { OPENAI_BASE_URL: `http://127.0.0.1:${this.server.address().port}/v1`, OPENAI_MODEL: 'scripted', OPENAI_API_KEY: 'none' };
  }

  async #answer(request, response) {
    for await (const bytes of request) void bytes;
    this.asked += 1;
    if (this.status !== 200) return response.writeHead(this.status).end('{}');
    const said = this.sentences.map((sentence) => sentence.replace('{n}', this.asked));
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const sentence of said) {
      await new Promise((resolve) => setTimeout(resolve, this.pause));
      if (response.destroyed) return;
      response.write(chunk({ content: `${sentence} ` }));
    }
    response.end(`${chunk({}, 'stop')}data: [DONE]\n\n`);
  }

  stop() {
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(resolve));
  }
}
