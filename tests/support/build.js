export default async function buildOnce() {
  await import('../../scripts/build.js');
}
