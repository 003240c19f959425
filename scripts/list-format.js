// Stands for Intl.ListFormat in the bundle. got's type checks create one in every run, which takes longer than all else
// that they do, for the text of an error that nobody sees (src/api/exchange.ts).
export class ListFormat {
  format(items) {
    return items.join(', ');
  }
}
