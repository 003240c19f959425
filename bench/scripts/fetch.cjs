// The same as post.cjs, with what Node has on board for it.
const [url, headers, body] = process.argv.slice(2);

fetch(url, { method: 'POST', headers: JSON.parse(headers), body })
  .then((response) => response.json())
  .then((answer) => {
    console.log(JSON.stringify(answer, null, 2));
  });
