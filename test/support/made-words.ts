/**
 * Words to train vocabularies on: words of real text, cut in several ways, and any number of generated ones. The cuts
 * overlap on purpose ("don't", " don", "foo_bar(", "1234", "of the"): with merges across the places where a pattern
 * cuts, a missing or extra cut gives wrong tokens.
 */

/** Ways to cut text that tokenizers use; words are counted once per way. */
const cuts = [
  /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+/gu,
  /[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+(?:'[a-z]+)?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+/gu,
  / ?\S+|\s+/gu,
  /\p{L}+ \p{L}+|\p{N}+\p{L}+|\s+\S/gu,
];

export function countWords(texts: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const text of texts) {
    for (const cut of cuts) {
      // Longer ones are data, not words, and would be most of the work.
      for (const [word] of text.matchAll(cut))
        if (word.length <= 60) counts.set(word, (counts.get(word) ?? 0) + 1);
    }
  }
  return counts;
}

const scripts: readonly (readonly string[])[] = [
  'ba be bi bo bu ka le ma ni po ra se ti vo wu tion ing er est th ch'.split(' '),
  'ра не ко ви мо ста про ние ого ть да'.split(' '),
  'αλ ου και της προ ία ση'.split(' '),
  'का रि में स्त प्र ना ती'.split(' '),
  'ال من كت اب ون ها'.split(' '),
  'กา รู้ เป็ น้ำ ที่'.split(' '),
  [
    ...'的一是不了人我在有他这中大来上国个到说们为子和你地出道也时年得就那要下以生会自着去之过家学对可她里后小么心多天而能好都然没日于起还发成事只作当想看文无开手十用主行方又如前所本见经头面公同三已老从动两长知民样现分将外但身些与高意进把法此实回二理美点月明其种声全工己话儿者向情部正名定女问力机给等几很业最间新什打便位因重被走电四第门相次东政海口使教西再平真听世气信北少关并内加化由却代军产入先山五太水万市眼体别处总才场师书比住员九笑性通目华报立马命张活难神数件安表原车白应路期叫死常提感金何更反合放做系计或司利受光王果亲界及今京务制解各任至清物台象记边共风战干接它许八特觉望直服毛林题建南度统色字请交爱让认算论百吃义科怎元社术结六功指思非流每青管夫连远资队跟带花快条院变联言权往展该领传近留红治决周保达办运武半候七必城父强步完革深区即求品士转量空甚众技轻程告江语英基派满式李息写呢识极令黄德收脸钱党倒未持取设始版双历越史商千片容研像找友孩站广改议形委早房音火际则首单据导影失拿网香似斯专石若兵弟谁校读志飞观争究包组造落视济喜离虽坏兴诉布',
  ],
  [...'가나다라마바사아자차카타파하은는이가을를에서로부터까지만도와과고며면서'],
  [...'のはをにがでとれさせたしいるなかもあうえおきくけこ日本東京語'],
];

/**
 * `count` different words of two to five syllables, one script each, as often as Zipf's law says; the same for the same
 * count.
 */
export function makeWords(count: number): Map<string, number> {
  let seed = 20261129;
  const random = (below: number) => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return Math.floor(((seed >>> 8) / 2 ** 24) * below);
  };
  const words = new Map<string, number>();
  while (words.size < count) {
    const script = scripts[random(3) === 0 ? random(scripts.length) : 0]!;
    const syllables = Array.from({ length: 2 + random(4) }, () => script[random(script.length)]!);
    const word = `${random(4) === 0 ? '' : ' '}${syllables.join('')}`;
    if (!words.has(word)) words.set(word, 1 + Math.floor(count / (words.size + 1)));
  }
  return words;
}
