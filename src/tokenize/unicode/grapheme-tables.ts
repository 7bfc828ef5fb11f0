/** Made by scripts/grapheme-tables.mjs from the Unicode Character Database; don't edit. */

/**
 * What grapheme clusters are made of in Unicode 16.0: runs from U+0000 on, each a class (graphemes.ts has their names) and
 * its length in base 36.
 */
export const graphemeClasses = `
cna lf1 cn2 cr1 cni ot2n cnx ot9 ep1 ot3 cn1 ep1 otgh ex34 ot7n ex7 ot7b ex19 ot1 ex1 ot1 ex2 ot1 ex2 ot1 ex1
ot1k pp6 ota exb ot1 cn1 ot1a exl otg ex1 ot2t ex7 pp1 ot1 ex6 ot2 ex2 ot1 ex4 otx pp1 ot1 ex1 otu exr ot2j
exb ot1m ex9 ot9 ex1 oto ex4 ot1 ex9 ot1 ex3 ot1 ex5 ot17 ex3 ot1g pp2 ot5 ex9 ot16 exo pp1 exw sm1 oth co11
ex1 sm1 ex1 ot1 sm3 ex8 sm4 li1 sm2 ot1 ex7 co8 ot2 ex2 otk co8 ot1 ex1 sm2 oth cok ot1 co7 ot1 co1 ot3 co4
ot2 ex1 ot1 ex1 sm2 ex4 ot2 sm2 ot2 sm2 li1 ot9 ex1 ot4 co2 ot1 co1 ot2 ex2 otc co2 otc ex1 ot2 ex2 sm1 ot1k
ex1 ot1 sm3 ex2 ot4 ex2 ot2 ex3 ot3 ex1 otu ex2 ot3 ex1 otb ex2 sm1 oth cok ot1 co7 ot1 co2 ot1 co5 ot2 ex1
ot1 sm3 ex5 ot1 ex2 sm1 ot1 sm2 li1 otk ex2 otl co1 ex6 ot1 ex1 sm2 oth cok ot1 co7 ot1 co2 ot1 co5 ot2 ex1
ot1 ex2 sm1 ex4 ot2 sm2 ot2 sm2 li1 ot7 ex3 ot4 co2 ot1 co1 ot2 ex2 otd co1 otg ex1 ot1n ex1 sm1 ex1 sm2 ot3
sm3 ot1 sm3 ex1 ot9 ex1 ot14 ex1 sm3 ex1 otg cok ot1 cog ot2 ex1 ot1 ex3 sm4 ot1 ex3 ot1 ex3 li1 ot7 ex2 ot1
co3 ot7 ex2 ott ex1 sm2 ot1k ex1 ot1 sm1 ex2 sm1 ex1 sm2 ot1 ex3 ot1 ex4 ot7 ex2 otb ex2 otf sm1 otc ex2 sm2
oth co12 ex2 ot1 ex1 sm2 ex4 ot1 sm3 ot1 sm3 li1 pp1 ot8 ex1 ota ex2 ott ex1 sm2 ot1y ex1 ot4 ex1 sm2 ex3 ot1
ex1 ot1 sm7 ex1 oti sm2 ot1p ex1 ot1 sm1 ex7 otc ex8 ot2q ex1 ot1 sm1 ex9 otb ex7 ot21 ex2 otr ex1 ot1 ex1
ot1 ex1 ot4 sm2 ot1d exe sm1 ex5 ot1 ex2 ot5 exb ot1 ex10 ot9 ex1 ot2u ex4 sm1 ex6 ot1 ex2 sm2 ex2 otn sm2
ex2 ot4 ex3 otg ex4 otd ex1 ot1 sm1 ex2 ot6 ex1 otf ex1 ot2q hl2o hv20 ht2g ot9p ex3 otqa ex4 ots ex3 ott ex2
otu ex2 ot1s ex2 sm1 ex7 sm8 ex1 sm2 exb ot9 ex1 ot19 ex3 cn1 ex1 ot39 ex2 oty ex1 ot3a ex3 sm4 ex2 sm3 ot4
sm2 ex1 sm6 ex3 ot63 ex2 sm2 ex1 ot1l sm1 ex1 sm1 ex7 ot1 ex1 ot1 ex1 ot2 ex8 sm6 exa ot2 ex1 ot1c exv ot1d
ex4 sm1 ot1b exa sm4 ex3 ot12 ex9 otc ex2 sm1 otu sm1 ex4 sm2 ex6 ot1k ex1 sm1 ex2 sm3 ex1 sm1 ex5 ot1c sm8
ex8 sm2 ex2 ot48 ex3 ot1 exd sm1 ex7 ot4 ex1 ot6 ex1 ot2 sm1 ex2 ot5i ex1s otej cn1 zn1 zw1 cn2 oto cn7 otd
ep1 otc ep1 otm cng ot2o exx ot1d ep1 otm ep1 ot2i ep6 otf ep2 ota7 ep2 otc ep1 ot2n ep1 ot1y ep1 otp epb ot4
ep3 ot5j ep1 ot6f ep2 ota ep1 ot9 ep1 ot1m ep4 ot1 ep6 ot1 epc ot1 ep36 ota ep3a ot2 epb ot1 ep1 ot1 ep1 ot6
ep1 ot3 ep1 ot6 ep1 ota ep2 otf ep1 ot2 ep1 ot4 ep1 ot1 ep1 ot4 ep3 ot1 ep1 otb ep5 ot19 ep3 ot9 ep1 ote ep1
ote ep1 otac ep2 otcv ep3 otj ep2 ot1f ep1 ot4 ep1 otbd ex3 ot3x ex1 ot2o exw otfe ex6 ep1 otc ep1 ot2j ex2
ote4 ep1 ot1 ep1 otmvp ex4 ot1 exa otw ex2 ot28 ex2 ot7k ex1 ot3 ex1 ot4 ex1 otn sm2 ex2 sm1 ot4 ex1 ot2b sm2
ot1e smg ex2 otq exi otd ex1 ot12 ex8 otp exb sm1 ex1 otc hlt ot3 ex3 sm1 ot1b ex1 sm2 ex4 sm2 ex2 sm2 ex1
ot10 ex1 ot1v ex6 sm2 ex2 sm2 ex2 otc ex1 ot8 ex1 sm1 ot1a ex1 ot1f ex1 ot1 ex3 ot2 ex2 ot5 ex2 ot1 ex1 ot15
sm1 ex2 sm2 ot5 sm1 ex1 ot6k sm2 ex1 sm2 ex1 sm2 ot1 sm1 ex1 oti hs8mc otc hvn ot4 ht1d ot6xu ex1 otkh exg
otg exg ot5r cn1 ot4e ex2 ot28 cnc ote9 ex1 ot6a ex1 ot45 ex5 ot1ae ex3 ot1 ex2 ot5 ex4 ot14 ex3 ot4 ex1 ot4l
ex2 otfx ex4 ot1t ex5 ot8t ex2 ot27 ex4 ot1y exb ot1d ex4 ot3e sm1 ex1 sm1 ot1h exf ot15 ex1 ot2 ex2 ota ex3
sm1 ot19 sm3 ex4 sm2 ex2 ot2 pp1 ot4 ex1 ota pp1 ot1e ex3 ot10 ex5 sm1 ex8 otg sm2 ot18 ex1 otc ex2 sm1 ot1c
sm3 ex9 sm1 ex1 ot1 pp2 ot5 ex4 ot1 sm1 ex1 ot2k sm3 ex3 sm2 ex4 ot6 ex1 ot2 ex1 ot4d ex1 sm3 ex8 otl ex2 sm2
ot1j ex2 ot1 ex1 sm1 ex1 sm4 ot2 sm2 ot2 sm2 ex1 ot9 ex1 ota sm2 ot2 ex7 ot3 ex5 ot1v ex1 sm2 ex6 ot1 ex1 ot2
ex1 ot1 ex3 sm1 ot1 sm2 ex3 pp1 ex1 ote ex2 ot2a sm3 ex8 sm2 ex3 sm1 ex1 otn ex1 ot29 ex1 sm2 ex6 sm1 ex1 sm2
ex1 sm1 ex2 sm1 ex2 ot6j ex1 sm2 ex4 ot2 sm4 ex2 sm1 ex2 otr ex2 ot2a sm3 ex8 sm2 ex1 sm1 ex2 ot2y ex1 sm1
ex1 sm2 ex8 ot2t ex1 sm1 ex1 ot2 ex4 sm1 ex5 ot74 sm3 ex9 sm1 ex2 ot6t ex1 sm5 ot1 sm2 ot2 ex4 pp1 sm1 pp1
sm1 ex1 ot3x sm3 ex4 ot2 ex2 sm4 ex1 ot3 sm1 ots exa ot14 ex6 sm1 pp1 ex4 ot8 ex1 ot9 ex6 sm2 ex3 ot14 pp6
exd sm1 ex2 otb9 sm1 ex7 ot1 ex6 sm1 ex1 ot2a exm ot1 sm1 ex7 sm1 ex2 sm1 ex2 ot3e ex6 ot3 ex1 ot1 ex2 ot1
ex7 pp1 ex1 ot1u sm5 ot1 ex2 ot1 sm2 ex1 sm1 ex1 ot9n ex2 sm2 ot9 ex2 pp1 sm1 ot1c sm2 ex5 ot3 sm2 ex3 otn
ex1 ot445 cng ex1 ot6 exf ot8ug exc sm3 ex3 ot1xc ex5 ot1n ex7 otfg hv1 ot3 hv4 otdg ex1 ot1 sm1j ot7 ex4
ot29 ex1 otb ex2 otf57 ex2 ot1 cn4 ot3mk ex1a ot2 exn otf2 ex5 ot3 ex6 cn8 ex8 ot2 ex7 otu ex4 ot44 ex3 ot1iz
ex1j ot4 ex1e ot8 ex1 ote ex1 otm ex5 ot1 exf ot11s ex7 ot1 exh ot2 ex7 ot1 ex2 ot1 ex5 ot2s ex1 ot4g ex7
otaf ex1 ot1p ex4 ote4 ex4 ot72 ex2 otkg ex7 ot31 ex7 ot1bp ep74 otd ep3 otv ep1 ot1o ep6 otc ep2 ote ep1 ot2
epa oti ep1l riq ot1 epf ota ep1 otk ep1 ot2 ep9 ot1 ep4 ot9 epc2 ex5 ep8u ot8 ep7e ot1c ep3k ot38 epc ot2d
ep17 otc ep4 ot1k ep8 ota ep6 ot14 ep8 otu ep2a otc ep1b ot1 epa ot1 epc9 ot74 epse otgute cnw ex2o cn3k ex6o
cn2s0 ot44jk`;
