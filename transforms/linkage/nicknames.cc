#include "transforms/linkage/nicknames.h"

#include <algorithm>
#include <array>
#include <cstddef>

namespace crossbill::linkage {
namespace {

// Folded: lower case, without marks. "FULL: SHORT SHORT; …" A short form may stand behind several names.
constexpr std::string_view kEnglish =
    "abigail: abby abbie gail; abraham: abe bram; alan: al; albert: al bert bertie; alexander: alec alex "
    "lex sandy xander sascha sasha aleks; alexandra: alex lexi sandra sasha sandy alexa ola; alfred: al "
    "alf alfie fred freddie; alison: ali allie; amanda: mandy manda; andrew: andy drew; angela: angie; "
    "anne: ann annie nan nancy; anthony: tony ant; arthur: art artie; barbara: babs barb barbie basia "
    "baska; benjamin: ben benji benny; bernard: bernie; bradley: brad; bridget: biddy bridie; calvin: "
    "cal; cameron: cam; caroline: carrie caro; catherine: cathy cath kate katie kathy kitty cat; charles: "
    "charlie charley chas chuck chaz; charlotte: charlie lottie lotte char; christian: chris kit; "
    "christina: chris chrissie christy tina; christine: chris chrissie christy tina; christopher: chris "
    "kit topher; clifford: cliff; cynthia: cindy; daniel: dan danny; david: dave davey davy; deborah: deb "
    "debbie debby; dennis: den denny; donald: don donnie donny; dorothy: dolly dot dottie dory; douglas: "
    "doug dougie; edward: ed eddie ned ted teddy eddy; edmund: ed eddie ned; edwin: ed eddie; eleanor: "
    "ellie nell nellie nora lena; elizabeth: beth betsy betty bess liz liza lizzie lizzy eliza elsie "
    "libby lisa lilibet; ellen: nell nellie; emily: em emmy emmie millie; emma: em emmy; eric: rick; "
    "eugene: gene; evelyn: evie eve; florence: flo flossie; frances: fran frankie frannie; francis: frank "
    "frankie fran; franklin: frank; frederick: fred freddie freddy rick; gabriel: gabe; geoffrey: geoff "
    "jeff; george: georgie; gerald: gerry jerry; gillian: gill jill jilly; gregory: greg; harold: hal "
    "harry; harriet: hattie harry; helen: nell nellie lena; henry: hal hank harry; herbert: bert herb "
    "bertie; howard: howie; hubert: bert hugh; irene: rene; isaac: ike zac; isabella: bella izzy belle; "
    "isabel: izzy bella belle; jacob: jake; jacqueline: jackie jacqui; james: jim jimmy jamie jem; jane: "
    "janie jenny; janet: jan; janice: jan; jason: jay; jeffrey: jeff; jennifer: jen jenny jenna; jeremy: "
    "jerry jez; jessica: jess jessie; joanna: jo asia joasia; joanne: jo; john: jack johnny jon jock; "
    "jonathan: jon jonny johnny nathan; joseph: joe joey jos jo; josephine: jo josie; joshua: josh; "
    "judith: judy jude; julia: jules; julian: jules; katherine: kate kathy katie kat kitty kay; kathleen: "
    "kath kathy kate; kenneth: ken kenny; kimberly: kim; laura: laurie lolly; lawrence: larry laurie "
    "lawrie; leonard: len lenny leo; leslie: les; lillian: lil lily; louise: lou lulu; louis: lou louie; "
    "lucille: lucy; madeleine: maddie maddy; margaret: maggie madge marge margie meg megan peg peggy "
    "daisy greta gretel rita maisie; marjorie: marge margie; martha: marty mattie patty; martin: marty; "
    "mary: mae mamie may molly polly; matilda: tilda tilly mattie; matthew: matt matty; maureen: mo; "
    "maxwell: max; michael: mick mickey mike mikey mitch micha michi; michelle: shelly chelle; mildred: "
    "millie; miriam: mim mimi; mitchell: mitch; nancy: nan; natalie: nat; nathan: nat nate; nathaniel: "
    "nat nate nathan; nicholas: nick nicky nico; nicola: nicky nikki; nicole: nicky nikki; oliver: ollie "
    "olly; olivia: liv livvy ollie; oscar: ossie; pamela: pam; patricia: pat patsy patti patty tricia "
    "trish; patrick: pat paddy rick; paula: pauly; penelope: penny; peter: pete; philip: phil pip; "
    "phillip: phil pip; priscilla: cilla; rachel: rach; raymond: ray; rebecca: becky becca bex; reginald: "
    "reg reggie; richard: dick rich richie rick ricky; robert: bob bobby rob robbie robby bert robin; "
    "roberta: bobbie robbie; rodney: rod; roger: rog; ronald: ron ronnie ronny; rosemary: rose rosie; "
    "russell: russ; samantha: sam sammy; samuel: sam sammy; sarah: sally sadie; sharon: shaz; sidney: "
    "sid; simon: si; stanley: stan; stephanie: steph steffi steffie; stephen: steve stevie; steven: steve "
    "stevie; stuart: stu; susan: sue susie suzie suzy; suzanne: sue susie suzie suzy; sylvia: syl sylvie; "
    "teresa: terry tess tessa teri; terence: terry tel; theodore: ted teddy theo; theresa: terry tess "
    "tessa resi; thomas: tom tommy; timothy: tim timmy; valerie: val; veronica: ronnie roni vera; victor: "
    "vic vick; victoria: vicky vicki vickie tori; vincent: vince vinny vin; virginia: ginny ginger; "
    "walter: wally walt; wilfred: wilf fred; william: bill billy will willie willy liam; winifred: winnie "
    "freda; zachary: zac zach zack";
constexpr std::string_view kGermanDutch =
    "andreas: andi andy anderl; anneliese: anni liesel; annemarie: anne annemie; anton: toni; antonius: "
    "ton toon; august: gustl; barbel: babs; bernhard: bernd berni hardy; brigitte: gitte gitta biggi "
    "britta; cornelia: conny nelly; cornelis: cees kees cor; dieter: didi; dietrich: dieter dirk; "
    "dominik: domi nick; dorothea: dora thea doro dorle; eberhard: eber hardy; emil: milo; ernst: erni; "
    "eva: evi evchen; ferdinand: ferdi nand nando; florian: flo flori; franz: franzl; franziska: franzi "
    "fanny sissi ziska; friedrich: fritz fiete friedel; gabriele: gabi gaby; georg: schorsch jorg jurgen; "
    "gerhard: gerd gert hardy; gertrud: gerti trude traudl trudi; gottfried: friedel gotz; gunther: "
    "gunni; hannelore: hanni lore hannah; heinrich: heiner heini heinz hein henner hinnerk; helene: leni "
    "lena hella lene; helga: helgi; helmut: heli helmi; hendrik: henk rik; hermann: harm; hildegard: "
    "hilde hilda gerda; ignaz: igi; ingeborg: inge inga; jakob: jockel kobi jascha; joachim: achim jochen "
    "jo kim; johann: hans hansi hannes jan jo; johanna: hanna hanne hanni jo; johannes: hans hansi hannes "
    "jan jo johan jens; josef: jupp sepp seppi beppo pepi; karl: kalle charly; karoline: line lina caro; "
    "katharina: kathe kathi kati katja katrin rina trine tina kaddi; klaus: klausi; konrad: conny kurt "
    "koni; kunigunde: gundi; leonhard: leo hartl leon; lieselotte: lilo lotte liesel lisa; ludwig: lutz "
    "wiggerl lui; luise: lulu lise; magdalena: lena leni magda madlen; manfred: fred manni manny; "
    "margarete: gretchen grete gretel gretl greta gritt marga meta rita margit; margarethe: grete gretel "
    "greta marga meta rita margit; maria: mia mitzi ria maja marie mizzi marieke; matthaus: mattes; "
    "matthias: hias hiasl matze mathi matti; maximilian: max maxi maxl; mechthild: mecki; melanie: mel "
    "meli; nikolaus: claus klaus nick niko niklas nikolas; otto: ottl; paul: paulchen; petrus: piet peer; "
    "philipp: phil lipp; raimund: mundl; reinhard: reini hardy; reinhold: reini holdi; renate: rena nate "
    "reni; roland: roli rolli; rosina: rosi; rosemarie: rosi romy; rudolf: rudi rolf dolf; ruprecht: "
    "rupert; sebastian: basti bastian wastl seb; siegfried: siggi sigi; sigmund: sigi siggi; sophie: "
    "fiene sofie; stefan: steff steffen steve stevo; stefanie: steffi; susanne: susi sanne susa; theodor: "
    "theo ted; therese: resi thesi rese; ulrich: uli ulli utz; ulrike: ulla uli ulli rike rieke; ursula: "
    "ulla uschi ursel uschel ula urszulka; valentin: valtin vale; veronika: vroni vera moni; viktoria: "
    "vicky vicki viki; waldemar: waldi; waltraud: traudl walli traudi; werner: wern; wilhelm: willi willy "
    "wim helm wilm; wilhelmina: wilma mina minna willemien; wilhelmine: minna mine wilma helma; willem: "
    "wim pim; wolfgang: wolf wolfi wolferl; "
    "elisabeth: elli else elsbeth ilse lies liesel liesl lisa lisbeth lissy sissi sisi betty elise bettina";
constexpr std::string_view kFrench =
    "alexandre: alex sandro; antoine: toine titi tonio; benoit: ben; bernadette: detty nadette; charlene: "
    "cha; christophe: chris tophe; claudine: clo; dominique: dom domi nique; edouard: doudou ed edo; "
    "emmanuel: manu; emmanuelle: manu; florence: flo; francois: fanfan franck; francoise: fanchon soizic; "
    "frederic: fred; frederique: fred; genevieve: ginette genny viviane; gerard: gege; guillaume: guy "
    "will guigui; jacques: jacky jacquot; jean: jeannot; jeanne: jeannette jeannine; josephine: fifi "
    "josette; laurent: lolo; madeleine: mado madelon; marguerite: margot margaux guite; mathieu: mat "
    "matt; maurice: momo; maxime: max; michel: mimi mich michou; nathalie: nath nat natha; nicolas: nico "
    "nick; olivier: olive oli; philippe: phil philou; pierre: pierrot pierrick; robert: bob; sebastien: "
    "seb bastien; stephane: steph; susanne: suzette suzon; suzanne: suzette suzon zazie; theophile: theo; "
    "valerie: val valou; veronique: vero; vincent: vinz; xavier: xav javi; yvonne: vonnie";
constexpr std::string_view kSpanishPortuguese =
    "alberto: beto berto tito; alejandra: ale alex sandra; alejandro: ale alex jandro; alfonso: alfon "
    "poncho fonso; alfredo: fredo fredy; antonia: toni tona tonia antonita; antonio: tono toni tonin "
    "antonin to; beatriz: bea betty tris; carlos: carlitos charlie calo; carmen: carmela carmina menchu "
    "mamen; catalina: cata lina; concepcion: concha conchita chita; consuelo: chelo; cristina: cris tina; "
    "cristobal: tobal; daniel: dani; dolores: lola loli lolita; eduardo: edu lalo duda; elena: nena lena; "
    "encarnacion: encarna encarni; enrique: kike quique rique; ernesto: neto; esperanza: espe; federico: "
    "fede lico; felipe: pipe lipe; fernanda: fer nanda; fernando: fer nando; francisca: paca paqui "
    "paquita pancha fran chica; francisco: paco pancho fran kiko curro paquito cisco chico; gabriela: "
    "gabi; gonzalo: gonza gon; graciela: chela; gregorio: goyo; guadalupe: lupe lupita; guillermo: guille "
    "memo willy; gustavo: gus tavo; ignacio: nacho iggy; inmaculada: inma; isabel: isa chabela bel "
    "belita; jesus: chus chuy suso; joaquin: quino chimo; joaquim: quim; jorge: coque jorgito; jose: pepe "
    "pepito josito che ze pep; josefa: pepa pepita fina sefa; josefina: fina pepa josefa; juan: juanito "
    "juancho; juana: juanita; leonardo: leo nardo; lorenzo: loren renzo; lourdes: lulu lurdes; lucia: "
    "luci lucy; luis: lucho luisito; magdalena: magda lena malena; manuel: manolo manu lolo manolito mel; "
    "manuela: manoli manola lela; maria: mari maruja marita mariquita; mariano: nano; mercedes: merche "
    "merce meche; miguel: migue miki; milagros: mila mili; montserrat: montse; natividad: nati; nicolas: "
    "nico colas; pablo: pablito; patricia: patri paty; pedro: perico pedrito; pilar: pili; rafael: rafa "
    "fael; ramon: moncho mon; remedios: reme; ricardo: richi cayo rica; roberto: berto beto rober; rocio: "
    "chio ro; rodrigo: rodri; rosario: charo chayo; salvador: salva chava; santiago: santi chago yago; "
    "sebastian: sebas chano; sergio: checo sergi; soledad: sole chole; susana: susi; teresa: tere maite "
    "teresita; tomas: tomi tomasito; vicente: chente vicen; victoria: vicky vito; yolanda: yoli";
constexpr std::string_view kItalian =
    "alessandra: ale sandra; alessandro: ale sandro alex; antonella: nella anto; domenico: mimmo memmo "
    "nico; elisabetta: betta lisa elisa; enrico: chicco rico; filippo: pippo lippo; francesca: cesca "
    "franca fra; francesco: franco cecco ciccio cesco fra; gennaro: rino; giacomo: mino jack; giorgio: "
    "gio; giovanna: gianna vanna nina; giovanni: gianni nanni vanni gio; giuseppe: beppe peppe peppino "
    "pino geppo bepi; giuseppina: pina giusy peppina; lorenzo: renzo enzo; luigi: gigi gino; margherita: "
    "rita ghita; michele: lele; nicola: nico cola; pietro: piero; raffaele: lele lello; salvatore: toto "
    "salvo turi; stefano: ste fano; teresa: resina; tommaso: maso tommy; vincenzo: enzo vince cenzo";
constexpr std::string_view kPolishCzech =
    "agata: agatka; agnieszka: aga agusia agnisia; aleksander: alek olek aleks; aleksandra: ola olenka "
    "olka ala; alicja: ala alka; andrzej: andrzejek jedrek jedrus; anna: ania anka anusia hania andzia "
    "anicka; antoni: antek tosiek antos; barbara: basia baska barunka; beata: beatka; bozena: bozenka; "
    "danuta: danka danusia; dariusz: darek; dorota: dorotka; elzbieta: ela elka eliska; ewa: ewka ewunia; "
    "franciszek: franek; frantisek: franta; grzegorz: grzesiek grzes; halina: halinka hala; henryk: "
    "heniek henio; ireneusz: irek; iwona: iwonka; jacek: jacus; jadwiga: jadzia; jakub: kuba kubus; jan: "
    "janek jas jasiek honza jenda; janina: janka jasia; jaroslaw: jarek; jaroslav: jarda; jerzy: jurek; "
    "joanna: asia joasia aska; jolanta: jola jolka; josef: pepa pepik; jozef: jozek ziutek; julia: julka; "
    "justyna: justynka; karel: karlik; karolina: karola karolinka; katarzyna: kasia kaska kasienka; "
    "katerina: katka kacka; kazimierz: kazik kazio; krystyna: krysia kryska; krzysztof: krzysiek krzys "
    "krzysio; lukasz: lukaszek; maciej: maciek; magdalena: magda madzia magdus; malgorzata: gosia "
    "malgosia gocha goska; marcin: marcinek; marek: mareczek; maria: marysia maryla maniusia; mariusz: "
    "mario; mateusz: mati mateuszek; michal: misiek michas; mieczyslaw: mietek; monika: monia moni; "
    "natalia: natalka nati; pawel: pawelek; piotr: piotrek piotrus; przemyslaw: przemek przemo; rafal: "
    "rafalek; roman: romek; ryszard: rysiek rysio; slawomir: slawek; stanislaw: staszek stasiek stas "
    "stach; stanislav: standa; stefania: stefa stefcia; tadeusz: tadek tadzio; tomasz: tomek tomus; "
    "urszula: ula ulka; vaclav: vasek; wieslaw: wiesiek; waldemar: waldek; wladyslaw: wladek; wojciech: "
    "wojtek wojtus; zbigniew: zbyszek zbynio; zdenek: zdenda; zofia: zosia zoska; zuzanna: zuza zuzia";
constexpr std::string_view kRussian =
    "александр: саша сашка шура саня; александра: саша сашка шура саня; алексеи: алеша леша леха; "
    "анастасия: настя ася стася; анатолии: толя толик; андреи: андрюша дрюня; анна: аня анюта нюра нюша; "
    "антон: антоша тоша; антонина: тоня; борис: боря; вадим: вадик дима; валентин: валя валик; валентина: "
    "валя; валерии: валера; валерия: лера валера; варвара: варя; василии: вася васек; вера: верочка "
    "веруня; виктор: витя витек; виктория: вика; владимир: вова володя вовка; владислав: влад владик "
    "слава; вячеслав: слава; галина: галя; геннадии: гена; георгии: гоша жора егор; григории: гриша; "
    "дарья: даша; денис: дениска ден; дмитрии: дима митя димка; евгении: женя; евгения: женя; екатерина: "
    "катя катюша катерина; елена: лена алена леля; елизавета: лиза; иван: ваня ванька; игорь: игорек "
    "гоша; илья: илюша; ирина: ира иришка; константин: костя; ксения: ксюша ксеня; лариса: лара; леонид: "
    "леня; лидия: лида; любовь: люба; людмила: люда люся мила; маргарита: рита марго; марина: мариша; "
    "мария: маша маруся маня; михаил: миша мишка; надежда: надя; наталия: наташа ната; наталья: наташа "
    "ната; никита: никитка; николаи: коля колька; оксана: ксюша; олег: олежка; ольга: оля; павел: паша "
    "павлик; петр: петя; полина: поля; роман: рома; светлана: света; семен: сема; сергеи: сережа серега; "
    "софия: соня софья; станислав: стас слава; степан: степа; тамара: тома; татьяна: таня; федор: федя; "
    "юлия: юля; юрии: юра; яков: яша; ярослав: слава ярик";
constexpr std::array kLanguages = {kEnglish, kGermanDutch, kFrench, kSpanishPortuguese,
                                   kItalian, kPolishCzech, kRussian};

struct Entry {
  std::string_view word;
  std::string_view full;
  friend constexpr auto operator<=>(const Entry&, const Entry&) = default;
};

// Calls visit(part) for what stands between the signs, without the blank that follows one.
template <class Visit>
constexpr void ForEachPart(std::string_view text, char sign, const Visit& visit) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(sign), text.size());
    visit(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    text.remove_prefix(text.starts_with(' ') ? 1 : 0);
  }
}

// Calls visit(word, full) for each short form, and for each full name as one of itself.
template <class Visit>
constexpr void ForEachEntry(const Visit& visit) {
  for (const std::string_view language : kLanguages) {
    ForEachPart(language, ';', [&](std::string_view row) {
      const std::string_view full = row.substr(0, row.find(':'));
      visit(full, full);
      ForEachPart(row.substr(full.size() + 2), ' ', [&](std::string_view word) { visit(word, full); });
    });
  }
}

constexpr std::size_t CountEntries() {
  std::size_t count = 0;
  ForEachEntry([&](std::string_view, std::string_view) { ++count; });
  return count;
}

constexpr auto kEntries = [] {
  std::array<Entry, CountEntries()> entries;
  std::size_t next = 0;
  ForEachEntry([&](std::string_view word, std::string_view full) { entries[next++] = {word, full}; });
  std::sort(entries.begin(), entries.end());
  return entries;
}();

}  // namespace

std::vector<std::string_view> FullNamesOf(std::string_view word) {
  std::vector<std::string_view> names;
  auto entry = std::lower_bound(kEntries.begin(), kEntries.end(), Entry{word, {}});
  for (; entry != kEntries.end() && entry->word == word; ++entry) {
    if (names.empty() || names.back() != entry->full) {
      names.push_back(entry->full);
    }
  }
  return names;
}

std::vector<std::string_view> AllNames() {
  std::vector<std::string_view> names;
  for (const Entry& entry : kEntries) {
    names.push_back(entry.word);
  }
  return names;
}

}  // namespace crossbill::linkage
