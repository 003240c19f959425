// What a script does without any library: posts, and prints the JSON that comes back.
const [url, headers, body] = process.argv.slice(2);
const { request } = url.startsWith('https:') ? require('node:https') : require('node:http');

const outgoing = request(url, { method: 'POST', headers: JSON.parse(headers) }, (response) => {
  let text = '';
  response.setEncoding('utf8');
  response.on('data', (chunk) => {
    text += chunk;
  });
  response.on('end', () => {
    console.log(JSON.stringify(JSON.parse(text), null, 2));
  });
});
outgoing.end(body);
