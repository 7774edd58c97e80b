"""Word lists and syllable tables, written for this benchmark, from which names, streets and towns are put together. Lists of names stand in the order of their frequency."""
from __future__ import annotations

# Per country: common family names; heads, middles and ends of the rarer ones.
FAMILY = {
    "DE": ("Müller Schmidt Schneider Fischer Weber Meyer Wagner Becker Schulz Hoffmann Schäfer Koch Bauer Richter Klein Wolf Schröder Neumann Schwarz Zimmermann Braun Krüger Hofmann Hartmann Lange "
           "Schmitt Werner Krause Meier Lehmann Köhler Herrmann König Walter Mayer Huber Kaiser Fuchs Peters Lang Scholz Möller Weiß Jung Hahn Schubert Vogel Friedrich Keller Günther Frank "
           "Berger Yılmaz",
           "Acker Alt Bach Berg Birken Brand Buch Dorn Eich Esch Feld Fels Fisch Gold Grün Hart Hasel Heid Hof Holz Kalt Kirch Klein Krumm Lang Licht Linden Lohr Mühl Neu Nieder Ober Rauch Rosen "
           "Roth Sand Schön "
           "Schwarz Seid Sommer Stein Steg Stern Tann Thal Vogel Wald Weiden Weiß Wiesen Winter Wolf Zell",
           "- en er el ing ler",
           "auer bach bauer baum beck berg berger bruck brunn dorfer eck felder gruber hammer hauer haus heim hofer holz horn huber kamp kötter leitner lich loh mann mayer meier meister müller reich "
           "rieder ring roth schmidt schneider stein steiner thaler wald weber wirth"),
    "FR": ("Martin Bernard Thomas Petit Robert Richard Durand Dubois Moreau Laurent Simon Michel Lefebvre Leroy Roux David Bertrand Morel Fournier Girard Bonnet Dupont Lambert Fontaine Rousseau "
    "Vincent "
           "Muller Lefèvre Faure André Mercier Blanc Guérin Boyer Garnier Chevalier François Legrand Gauthier Garcia Perrin Robin Clément Morin Nicolas Henry Roussel Mathieu Gautier Masson Benali",
           "Bar Bel Beau Ber Bois Bon Bouch Bourg Bri Carp Cast Chal Chamb Champ Charp Chat Clav Cor Cour Dau Del Des Du Fav Font Gail Gér Gir Gran Jac La Lan Le Mar Maur Mont Mor Pas Per Pél "
           "Pont Rav Ren Ri "
           "Rous Sab Ser Tal Tour Val Ver Vill",
           "- i o er an el",
           "ard aud ault eau elle eron et eux ier ière illon in ine lac lot mont nac nard net neuf nier non ond oux rand ret rin ron sac sier son teau ton tier vais val vel vert ville"),
    "GB": ("Smith Jones Williams Taylor Brown Davies Evans Wilson Thomas Johnson Roberts Robinson Thompson Wright Walker White Edwards Hughes Green Hall Lewis Harris Clarke Patel Jackson Wood "
    "Turner Martin "
           "Cooper Hill Ward Morris Moore Clark Lee King Baker Harrison Morgan Allen James Scott Phillips Watson Davis Parker Price Bennett Young Griffiths Mitchell Kelly Cook Carter Khan "
           "O'Neill McDonald",
           "Al Ash Barn Beck Black Brad Bram Brock Broad Bur Cal Carl Chad Clay Cran Dal Den Down East El Fair Farn Gar Glad Gold Green Hal Ham Har Hart Hay Hol Ken Kirk Lang Lin Marsh Mid Mill "
           "Nor North Oak "
           "Pem Rad Red Rock Row Sand Sel Shel Spen Stan Suth Swin Thorn Wal West Whit Win Wood",
           "- er ing en is",
           "bourne bridge brook bury by cliff combe cote croft dale den don field ford gate ham hurst land ley man mere more ridge shaw side son stead stone ton wall ward well wick win wood worth"),
    "ES": ("García Rodríguez González Fernández López Martínez Sánchez Pérez Gómez Martín Jiménez Hernández Ruiz Díaz Moreno Muñoz Álvarez Romero Gutiérrez Alonso Navarro Torres Domínguez Ramos "
    "Vázquez "
           "Ramírez Gil Serrano Molina Blanco Morales Suárez Ortega Castro Delgado Ortiz Marín Rubio Núñez Medina Sanz Castillo Iglesias Cortés Garrido Santos Guerrero Lozano Cano Cruz Prieto Méndez",
           "Al Ar Bal Bar Ben Bor Cab Cal Cam Car Cas Cer Cor Es Fer Gal Gar Her Jar Lar Llan Man Mar Mon Mor Nav Ol Or Pal Par Ped Pin Que Ro Sal San Sar Ser Sol Tor Val Var Ver Vil Zar",
           "- a e i al er",
           "ada ado ales ana ano ares arte aza bal cano cer cés cón dal das dera dillo dón era ero ez gal gas illa illo lana la les mar nda nera nos ntes ques rano ras rera res ría rosa salez "
           "tal tero tes vas zo"),
    "PL": ("Nowak Kowalski Wiśniewski Wójcik Kowalczyk Kamiński Lewandowski Zieliński Szymański Woźniak Dąbrowski Kozłowski Jankowski Mazur Wojciechowski Kwiatkowski Krawczyk Kaczmarek "
    "Piotrowski Grabowski "
           "Zając Pawłowski Michalski Król Wieczorek Jabłoński Wróbel Nowakowski Majewski Olszewski Stępień Malinowski Jaworski Adamczyk Dudek Nowicki Pawlak Górski Witkowski Walczak Sikora "
           "Baran Rutkowski",
           "Bar Biał Bor Brzoz Buk Chmiel Czar Czer Dąb Dob Dob Gał Gaj Głow Gór Grab Jab Jan Jas Kal Kam Klim Kos Kraj Krus Kuch Lesz Lip Maj Mal Mił Mos Nied Ogr Ost Pias Podg Rad Rog Rud Sad "
           "Sier Sok Star "
           "Szcz Tar Topol Tur Wierz Wil Wol Zab Zale Żur",
           "- ow ew in isz ań or",
           "acki anek arczyk arski asik ecki elski encki icki ik ikowski iński lak ski ny owicz owski ożek czyk czewski ulski uszek yński"),
    "RU": ("Иванов Смирнов Кузнецов Попов Васильев Петров Соколов Михайлов Новиков Фёдоров Морозов Волков Алексеев Лебедев Семёнов Егоров Павлов Козлов Степанов Николаев Орлов Андреев Макаров "
    "Никитин "
           "Захаров Зайцев Соловьёв Борисов Яковлев Григорьев Романов Воробьёв Сергеев Кузьмин Фролов Александров Дмитриев Королёв Гусев Киселёв Ильин Максимов Поляков Сорокин Виноградов Ковалёв "
           "Белов",
           "Бар Бел Берез Бог Бор Бур Вар Вер Весел Вор Вост Гал Гол Гор Горш Груз Дем Дор Дуб Ельн Жар Жил Зел Зим Зол Кал Кам Кар Клим Кол Кор Кос Крас Лап Лев Луг Мал Мар Мед Мел Мир Мос Наг "
           "Нез Остр Пан "
           "Пет Пол Пан Руд Рыб Сав Сад Сел Сид Син Стар Сух Тар Тим Тол Ушак Хар Черн Шар Шил Щерб Юр Яр",
           "- а о ен ин ищ ош ух",
           "аев анов арёв атов ев енков ёнов ерин жин иков илов имов инов ихин кин ков лин лов мин наев нев нин нов оров осов пин пов ров рин ряев сов тин тов унов хин цев чев шин щев"),
}
# Chinese characters and their reading; Japanese ones with theirs in kana.
CN_FAMILY = ("王 Wang 李 Li 张 Zhang 刘 Liu 陈 Chen 杨 Yang 黄 Huang 赵 Zhao 吴 Wu 周 Zhou 徐 Xu 孙 Sun 马 Ma 朱 Zhu 胡 Hu 郭 Guo 何 He 高 Gao 林 Lin 罗 Luo 郑 Zheng 梁 Liang 谢 Xie 宋 Song 唐 Tang 许 Xu 韩 Han 冯 Feng 邓 Deng "
             "曹 Cao 彭 Peng 曾 Zeng 肖 Xiao 田 Tian 董 Dong 袁 Yuan 潘 Pan 于 Yu 蒋 Jiang 蔡 Cai 余 Yu 杜 Du 叶 Ye 程 Cheng 苏 Su 魏 Wei 吕 Lü 丁 Ding 任 Ren 沈 Shen 姚 Yao 卢 Lu 姜 Jiang 崔 Cui 钟 Zhong 谭 Tan 陆 Lu 汪 Wang "
             "范 Fan 金 Jin 石 Shi 廖 Liao 贾 Jia 夏 Xia 韦 Wei 付 Fu 方 Fang 白 Bai 邹 Zou 孟 Meng 熊 Xiong 秦 Qin 邱 Qiu 江 Jiang 尹 Yin 薛 Xue 闫 Yan 段 Duan 雷 Lei 侯 Hou 龙 Long 史 Shi 陶 Tao 黎 Li 贺 He 顾 Gu 毛 Mao 郝 "
             "Hao 欧阳 Ouyang")
CN_GIVEN = {
    "m": "伟 wei 强 qiang 军 jun 磊 lei 涛 tao 明 ming 杰 jie 勇 yong 超 chao 鹏 peng 平 ping 刚 gang 辉 hui 健 jian 俊 jun 波 bo 斌 bin 宇 yu 浩 hao 志 zhi 建 jian 国 guo 华 hua 文 wen 海 hai 亮 liang 峰 feng 龙 long 飞 fei "
         "林 lin 东 dong 庆 qing 旭 xu 阳 yang 凯 kai 晨 chen 瑞 rui 博 bo 泽 ze 子 zi 轩 xuan 翔 xiang 毅 yi 成 cheng 松 song 立 li 康 kang 永 yong 新 xin 振 zhen 洋 yang 威 wei 良 liang 安 an 家 jia 天 tian 佳 jia 嘉 jia",
    "f": "芳 fang 娜 na 敏 min 静 jing 丽 li 艳 yan 娟 juan 霞 xia 燕 yan 玲 ling 红 hong 秀 xiu 英 ying 梅 mei 琴 qin 婷 ting 雪 xue 慧 hui 莉 li 萍 ping 晶 jing 洁 jie 琳 lin 颖 ying 倩 qian 欣 xin 怡 yi 佳 jia 雨 yu 梦 meng "
         "诗 shi 瑶 yao 思 si 月 yue 春 chun 兰 lan 凤 feng 玉 yu 云 yun 桂 gui 淑 shu 珍 zhen 菊 ju 彩 cai 香 xiang 莲 lian 巧 qiao 丹 dan 露 lu 蕾 lei 宁 ning 晓 xiao 小 xiao 美 mei 嘉 jia 心 xin 语 yu 涵 han 可 ke",
}
JP_FAMILY = ("佐藤 さとう 鈴木 すずき 高橋 たかはし 田中 たなか 伊藤 いとう 渡辺 わたなべ 山本 やまもと 中村 なかむら 小林 こばやし 加藤 かとう 吉田 よしだ 山田 やまだ 佐々木 ささき 山口 やまぐち 松本 まつもと 井上 いのうえ "
             "木村 きむら 林 はやし 斎藤 さいとう 清水 しみず 山崎 やまざき 森 もり 池田 いけだ 橋本 はしもと 阿部 あべ 石川 いしかわ 後藤 ごとう 岡田 おかだ 長谷川 はせがわ 村上 むらかみ 近藤 こんどう 遠藤 えんどう 青木 あおき 坂本 さかもと")
JP_FAMILY_HEAD = ("青 あお 赤 あか 秋 あき 浅 あさ 石 いし 泉 いずみ 岩 いわ 上 うえ 梅 うめ 大 おお 岡 おか 奥 おく 小 お 金 かね 神 かみ 川 かわ 北 きた 木 き 黒 くろ 坂 さか 桜 さくら 沢 さわ 島 しま 白 しら 杉 すぎ 関 せき 高 たか 滝 たき 竹 たけ "
                  "谷 たに 千 ち 月 つき 土 つち 寺 てら 中 なか 長 なが 永 なが 西 にし 野 の 橋 はし 花 はな 浜 はま 原 はら 東 ひがし 平 ひら 広 ひろ 福 ふく 藤 ふじ 古 ふる 星 ほし 堀 ほり 本 もと 前 まえ 松 まつ 三 み 水 みず 南 みなみ 宮 みや 村 むら 森 もり 柳 やなぎ 山 やま 横 よこ 吉 よし 若 わか")
JP_FAMILY_END = "田 だ 本 もと 川 かわ 山 やま 村 むら 野 の 島 しま 沢 さわ 井 い 崎 さき 原 はら 木 き 林 ばやし 口 ぐち 谷 たに 橋 はし 内 うち 岡 おか 部 べ 池 いけ 松 まつ 下 した 尾 お 塚 つか 瀬 せ 浦 うら 森 もり 倉 くら 津 づ 根 ね"
JP_GIVEN_HEAD = ("健 けん 浩 ひろ 和 かず 正 まさ 明 あき 誠 せい 隆 たか 康 やす 秀 ひで 義 よし 光 みつ 智 とも 直 なお 真 まさ 裕 ゆう 大 だい 翔 しょう 拓 たく 陽 はる 美 み 恵 え 由 ゆ 幸 ゆき 久 ひさ 文 ふみ 千 ち 純 じゅん 優 ゆう 愛 あい 彩 あや 友 とも 理 り 早 さ 奈 な 桜 さくら 結 ゆ 葵 あおい")
JP_GIVEN_END = {"m": "太 た 一 いち 郎 ろう 介 すけ 也 や 樹 き 彦 ひこ 人 と 夫 お 之 ゆき 治 じ 司 し 平 へい 吾 ご 輔 すけ 斗 と 哉 や 雄 お", "f": "子 こ 美 み 香 か 恵 え 代 よ 奈 な 里 り 江 え 菜 な 花 か 織 おり 穂 ほ 絵 え 沙 さ 乃 の 音 ね 佳 か 衣 い"}
GIVEN = {
    "DE": {"m": "Thomas Michael Andreas Peter Stefan Christian Hans Wolfgang Klaus Jürgen Martin Alexander Daniel Markus Frank Bernd Uwe Jan Matthias Werner Tobias Sebastian Lukas Florian Jonas "
    "Felix Leon "
                "Maximilian Paul Philipp Karl Johannes Heinrich Dieter Rainer Jörg Björn Günter Benjamin David Elias Emil Anton Oskar Mehmet Mustafa Karl-Heinz Hans-Peter",
           "f": "Maria Anna Sabine Susanne Petra Monika Andrea Claudia Julia Katharina Christine Stefanie Nicole Birgit Elisabeth Ursula Renate Karin Laura Lena Sarah Lisa Sophie Emma Mia Hannah "
           "Johanna Barbara "
                "Heike Kerstin Angelika Brigitte Gabriele Ingrid Helga Franziska Charlotte Theresa Elena Fatma Ayşe Anne-Marie Marie-Luise Zoë"},
    "FR": {"m": "Jean Pierre Michel Philippe Nicolas Christophe Patrick Laurent David Thomas Julien Alain François Antoine Guillaume Alexandre Maxime Olivier Stéphane Frédéric Éric Jérôme "
    "Sébastien Mathieu Louis "
                "Hugo Lucas Gabriel Raphaël Arthur Jules André René Benoît Étienne Rémi Gaël Mohamed Karim Jean-Pierre Jean-Luc Jean-Claude",
           "f": "Marie Nathalie Isabelle Sylvie Catherine Christine Anne Julie Sophie Camille Céline Valérie Sandrine Caroline Aurélie Léa Emma Chloé Manon Inès Jade Louise Alice Hélène Élodie "
           "Émilie Mélanie "
                "Françoise Jacqueline Monique Brigitte Véronique Laëtitia Agnès Fatima Anne-Sophie Marie-Claire Marie-Pierre"},
    "GB": {"m": "David John Michael Paul Andrew James Robert William Peter Christopher Stephen Mark Richard Thomas Matthew Daniel Simon Anthony Joseph Edward George Charles Samuel Benjamin "
    "Alexander Nicholas Jonathan "
                "Timothy Gareth Oliver Harry Jack Jacob Noah Ryan Liam Callum Mohammed Imran Frederick Patrick Kenneth Gregory",
           "f": "Susan Margaret Sarah Elizabeth Patricia Jennifer Karen Helen Emma Claire Laura Jessica Rebecca Charlotte Katherine Victoria Hannah Emily Olivia Sophie Amelia Isla Grace Lucy "
           "Alice Deborah Christine "
                "Jacqueline Rachel Samantha Amanda Nicola Joanne Alexandra Abigail Isabella Eleanor Priya Aisha Catherine Barbara Theresa"},
    "ES": {"m": "Antonio José Manuel Francisco Juan David Javier Daniel Carlos Jesús Alejandro Miguel Rafael Pedro Pablo Ángel Sergio Fernando Jorge Luis Alberto Álvaro Diego Adrián Raúl Enrique "
    "Ramón Vicente Iván "
                "Rubén Óscar Andrés Joaquín Santiago Eduardo Víctor Roberto Mario Ignacio Hugo Martín José-Luis Juan-Carlos",
           "f": "María Carmen Ana Isabel Laura Cristina Marta Lucía Elena Pilar Dolores Rosa Paula Raquel Sara Mercedes Beatriz Julia Teresa Patricia Silvia Alba Irene Andrea Rocío Mónica "
           "Montserrat Concepción Nuria "
                "Yolanda Ángela Sofía Inés Natalia Verónica Encarnación Josefa Francisca Antonia María-José Ana-María"},
    "PL": {"m": "Piotr Krzysztof Andrzej Tomasz Paweł Jan Michał Marcin Stanisław Jakub Adam Marek Łukasz Grzegorz Mateusz Wojciech Mariusz Dariusz Zbigniew Maciej Rafał Robert Kamil Jerzy Jacek "
    "Dawid Szymon Kacper "
                "Józef Ryszard Tadeusz Bartosz Sławomir Artur Filip Damian Henryk Władysław",
           "f": "Anna Maria Katarzyna Małgorzata Agnieszka Barbara Ewa Krystyna Magdalena Elżbieta Joanna Aleksandra Zofia Monika Teresa Danuta Natalia Julia Karolina Marta Beata Dorota Janina "
           "Halina Jadwiga Jolanta "
                "Alicja Iwona Grażyna Irena Paulina Justyna Zuzanna Bożena Wiktoria Urszula Renata Hanna"},
    "RU": {"m": "Александр Сергей Дмитрий Андрей Алексей Максим Владимир Евгений Иван Михаил Николай Юрий Игорь Олег Павел Константин Виктор Роман Артём Никита Илья Антон Денис Кирилл Егор "
    "Василий Анатолий Борис "
                "Геннадий Григорий Пётр Фёдор Степан Тимофей Руслан Вячеслав",
           "f": "Елена Ольга Наталья Татьяна Анна Ирина Екатерина Мария Светлана Юлия Анастасия Марина Людмила Галина Надежда Валентина Оксана Дарья Виктория Ксения Александра Полина Алина "
           "Евгения Лариса Вера "
                "Любовь Нина Тамара Софья Яна Кристина Маргарита Зоя Варвара"},
}
NICKNAMES = {  # given name, then what it is called
    "DE": "Thomas Tom;Michael Michi;Alexander Alex;Johannes Hannes;Maximilian Max;Matthias Matze;Benjamin Ben;Sebastian Basti;Philipp Phil;Heinrich Heinz;Wolfgang Wolf;Katharina Kathi;Elisabeth Lisa;"
          "Stefanie Steffi;Susanne Susi;Gabriele Gabi;Barbara Bärbel;Johanna Hanna;Franziska Franzi;Angelika Geli;Andreas Andi;Christine Tina;Theresa Resi;Ursula Uschi;Brigitte Gitte",
    "FR": "Alexandre Alex;Guillaume Guigui;Maxime Max;Nicolas Nico;Christophe Chris;Frédéric Fred;Sébastien Seb;Philippe Phil;Gabriel Gabi;Isabelle Isa;Catherine Cathy;Caroline Caro;Valérie Val;"
          "Véronique Véro;Mélanie Mel;Stéphane Steph;Aurélie Lili;Nathalie Nath;Antoine Tonio;Jacqueline Jacotte;Laëtitia Laeti",
    "GB": "William Bill;Robert Bob;Richard Dick;Michael Mike;James Jim;Christopher Chris;Stephen Steve;Andrew Andy;Thomas Tom;Matthew Matt;Daniel Dan;Anthony Tony;Joseph Joe;Edward Ted;Charles "
    "Charlie;"
          "Samuel Sam;Benjamin Ben;Alexander Alex;Nicholas Nick;Timothy Tim;Frederick Fred;Kenneth Ken;Gregory Greg;Margaret Peggy;Elizabeth Liz;Patricia Pat;Jennifer Jenny;Katherine "
          "Kate;Catherine Cathy;"
          "Victoria Vicky;Deborah Debbie;Rebecca Becky;Samantha Sam;Amanda Mandy;Susan Sue;Jacqueline Jackie;Eleanor Nell;Abigail Abby;Barbara Barb;Isabella Bella;David Dave;Jonathan Jon",
    "ES": "Francisco Paco;José Pepe;Manuel Manolo;Antonio Toño;Jesús Chus;Ignacio Nacho;Enrique Quique;Rafael Rafa;Miguel Migue;Alejandro Álex;Santiago Santi;Javier Javi;Eduardo Edu;Concepción "
    "Concha;"
          "Dolores Lola;Pilar Pili;Mercedes Merche;Montserrat Montse;Francisca Paca;Josefa Pepa;Encarnación Encarna;Isabel Isa;Beatriz Bea;Cristina Cris;Teresa Tere",
    "PL": "Piotr Piotrek;Krzysztof Krzysiek;Tomasz Tomek;Jan Janek;Michał Misiek;Stanisław Staszek;Jakub Kuba;Grzegorz Grzesiek;Wojciech Wojtek;Zbigniew Zbyszek;Maciej Maciek;Jerzy Jurek;Józef Józek;"
          "Katarzyna Kasia;Małgorzata Gosia;Agnieszka Aga;Barbara Basia;Magdalena Magda;Elżbieta Ela;Joanna Asia;Aleksandra Ola;Zofia Zosia;Krystyna Krysia;Anna Ania;Zuzanna Zuzia;Urszula Ula",
    "RU": "Александр Саша;Сергей Серёжа;Дмитрий Дима;Алексей Лёша;Владимир Володя;Евгений Женя;Иван Ваня;Михаил Миша;Николай Коля;Константин Костя;Павел Паша;Пётр Петя;Елена Лена;Ольга "
    "Оля;Наталья Наташа;"
          "Татьяна Таня;Анна Аня;Ирина Ира;Екатерина Катя;Мария Маша;Светлана Света;Юлия Юля;Анастасия Настя;Людмила Люда;Любовь Люба;Александра Саша;Софья Соня;Григорий Гриша;Василий Вася",
}
CITIES = {  # name (and its reading), beginning of the postcode, area code
    "DE": "Berlin 10 30;Hamburg 20 40;München 80 89;Köln 50 221;Frankfurt_am_Main 60 69;Stuttgart 70 711;Düsseldorf 40 211;Leipzig 04 341;Dortmund 44 231;Bremen 28 421;Dresden 01 351;Hannover 30 "
    "511;Nürnberg 90 911;Münster 48 251",
    "FR": "Paris 75 1;Marseille 13 4;Lyon 69 4;Toulouse 31 5;Nice 06 4;Nantes 44 2;Strasbourg 67 3;Montpellier 34 4;Bordeaux 33 5;Lille 59 3;Rennes 35 2;Reims 51 3;Saint-Étienne 42 4;Orléans 45 2",
    "GB": "London EC 20;Birmingham B 121;Leeds LS 113;Glasgow G 141;Sheffield S 114;Manchester M 161;Edinburgh EH 131;Liverpool L 151;Bristol BS 117;Cardiff CF 29;Leicester LE 116;Nottingham NG "
    "115;Newcastle_upon_Tyne NE 191",
    "ES": "Madrid 28 91;Barcelona 08 93;Valencia 46 96;Sevilla 41 95;Zaragoza 50 976;Málaga 29 952;Murcia 30 968;Bilbao 48 94;Alicante 03 965;Córdoba 14 957;Valladolid 47 983;A_Coruña 15 "
    "981;Cádiz 11 956",
    "PL": "Warszawa 00 22;Kraków 30 12;Łódź 90 42;Wrocław 50 71;Poznań 60 61;Gdańsk 80 58;Szczecin 70 91;Lublin 20 81;Katowice 40 32;Białystok 15 85;Gdynia 81 58;Częstochowa 42 34;Toruń 87 56",
    "RU": "Москва 10 495;Санкт-Петербург 19 812;Новосибирск 63 383;Екатеринбург 62 343;Казань 42 843;Нижний_Новгород 60 831;Челябинск 45 351;Самара 44 846;Омск 64 381;Ростов-на-Дону 34 863;Уфа "
    "45 347;Пермь 61 342",
    "CN": "北京市/Beijing 10 10;上海市/Shanghai 20 21;广州市/Guangzhou 51 20;深圳市/Shenzhen 51 755;杭州市/Hangzhou 31 571;南京市/Nanjing 21 25;成都市/Chengdu 61 28;武汉市/Wuhan 43 27;西安市/Xi'an 71 29;苏州市/Suzhou 21 "
    "512;天津市/Tianjin 30 22;重庆市/Chongqing 40 23",
    "JP": "東京都千代田区/Chiyoda 10 3;大阪市北区/Osaka 53 6;横浜市西区/Yokohama 22 45;名古屋市中区/Nagoya 46 52;札幌市中央区/Sapporo 06 11;福岡市博多区/Fukuoka 81 92;京都市下京区/Kyoto 60 75;神戸市中央区/Kobe 65 78;仙台市青葉区/Sendai 98 "
    "22;広島市中区/Hiroshima 73 82",
}
TOWN_ENDS = {"DE": "dorf feld hausen heim kirchen rode stadt tal weiler", "FR": "bourg court mont sur-Loire sur-Mer val vic ville villiers", "GB": "bury by chester ford ham mouth stow ton wick",
             "ES": "alta blanca de-la-Sierra del-Mar llana mar rejo seca verde", "PL": "ów owo ice in nica no ny sk szyn", "RU": "град горск инск ово овск ополь ск тово ыть"}
STREETS = {
    "DE": "Haupt Bahnhof Garten Schul Dorf Berg Linden Kirch Wald Ring Goethe Schiller Mozart Beethoven Mühlen Wiesen Rosen Eichen Birken Industrie Ufer Markt Friedrich-Ebert- Königs Kaiser",
    "FR": "de_la_République de_l'Église Victor-Hugo Jean-Jaurès des_Écoles de_la_Gare du_Moulin de_la_Paix Pasteur des_Lilas de_la_Mairie Gambetta du_Château Voltaire des_Acacias de_la_Fontaine "
    "Saint-Michel du_Stade",
    "GB": "High Station Church London Park Victoria Green Manor Kings Queens Mill School North New Grange York Albert Windsor Alexandra Springfield Highfield Richmond The_Crescent",
    "ES": "Mayor Real del_Sol de_la_Constitución San_José San_Juan de_la_Iglesia Cervantes de_Andalucía del_Carmen Nueva de_la_Paz Goya Velázquez de_Colón Santa_María del_Pilar de_Castilla",
    "PL": "Polna Leśna Słoneczna Krótka Szkolna Ogrodowa Lipowa Brzozowa Łąkowa Kwiatowa Kościelna Sosnowa Zielona Parkowa Akacjowa Mickiewicza Sienkiewicza Kościuszki Piłsudskiego Długa",
    "RU": "Центральная Молодёжная Школьная Лесная Садовая Советская Новая Набережная Заречная Зелёная Мира Ленина Полевая Луговая Октябрьская Комсомольская Гагарина Первомайская Пушкина Речная",
    "CN": "建国/Jianguo 人民/Renmin 中山/Zhongshan 解放/Jiefang 和平/Heping 新华/Xinhua 文化/Wenhua 长江/Changjiang 建设/Jianshe 胜利/Shengli 南京/Nanjing 北京/Beijing 光明/Guangming 科技/Keji 花园/Huayuan 朝阳/Chaoyang",
    "JP": "本町/Honcho 中央/Chuo 栄町/Sakaecho 緑町/Midoricho 大手町/Otemachi 旭町/Asahicho 桜町/Sakuracho 東町/Higashicho 西町/Nishicho 新町/Shinmachi 若葉町/Wakabacho 幸町/Saiwaicho 錦町/Nishikicho 末広町/Suehirocho",
}
STREET_KINDS = {  # what stands before or after the name ("*"), each with its other spellings
    "DE": ("*straße *str. *strasse", "*weg", "*platz *pl.", "*allee"), "FR": ("rue_* r._*", "avenue_* av._* ave_*", "boulevard_* bd_* blvd_*", "place_* pl._*"),
    "GB": ("*_Street *_St *_St.", "*_Road *_Rd *_Rd.", "*_Avenue *_Ave", "*_Lane *_Ln", "*_Close *_Cl"), "ES": ("Calle_* C/_* Cl._*", "Avenida_* Av._* Avda._*", "Plaza_* Pza._* Pl._*", "Paseo_* "
    "Pº_*"),
    "PL": ("ul._* ulica_* *", "al._* aleja_*", "os._* osiedle_*"), "RU": ("ул._* улица_* *", "пр-т_* проспект_* пр._*", "пер._* переулок_*"), "CN": ("*路", "*街", "*大道"), "JP": ("*",),
}
TRADES = {
    "DE": "Maschinenbau Logistik Elektrotechnik Bau Immobilien Software Consulting Medizintechnik Metallbau Spedition Handels Sanitär Druck Automobile Energie Systeme Verlag Textil Lebensmittel "
    "Tischlerei Gebäudereinigung Sicherheitstechnik",
    "FR": "Transports Bâtiment Informatique Conseil Électricité Menuiserie Immobilier Services Distribution Plomberie Énergie Industries Textile Alimentation Peinture Logistique Automobiles "
    "Imprimerie",
    "GB": "Engineering Logistics Consulting Properties Software Construction Plumbing Electrical Foods Trading Media Textiles Energy Motors Security Cleaning Printing Healthcare Solutions",
    "ES": "Transportes Construcciones Informática Consultores Electricidad Carpintería Inmobiliaria Servicios Distribuciones Fontanería Energía Industrias Textil Alimentación Pinturas Logística "
    "Automóviles Artes_Gráficas",
    "PL": "Budownictwo Transport Informatyka Doradztwo Elektronika Meble Nieruchomości Usługi Handel Hydraulika Energetyka Przemysł Tekstylia Spożywcze Logistyka Motoryzacja Poligrafia",
    "RU": "Строй Транс Сервис Торг Электро Мебель Недвижимость Логистика Энерго Пром Текстиль Продукт Авто Софт Консалт Мед Снаб Маш",
    "CN": "科技/Technology 贸易/Trading 物流/Logistics 电子/Electronics 建筑工程/Construction 机械制造/Machinery 信息技术/Information_Technology 食品/Foods 医药/Pharmaceutical 服装/Garment 投资管理/Investment 文化传媒/Media "
    "房地产开发/Real_Estate",
    "JP": "商事/Shoji 工業/Kogyo 電機/Denki 建設/Kensetsu 運輸/Unyu 製作所/Seisakusho 食品/Shokuhin 印刷/Insatsu 不動産/Fudosan システム/System 化学/Kagaku 産業/Sangyo 物産/Bussan",
}
LEGAL_FORMS = {  # each with its other spellings
    "DE": ("GmbH|G.m.b.H.|Gesellschaft mit beschränkter Haftung", "GmbH & Co. KG|GmbH & Co KG|GmbH und Co. KG", "AG|Aktiengesellschaft", "UG (haftungsbeschränkt)|UG", "e.K.|eingetragener "
    "Kaufmann", "KG|Kommanditgesellschaft"),
    "FR": ("SARL|S.A.R.L.|Sàrl", "SAS|S.A.S.|Société par actions simplifiée", "SA|S.A.", "EURL|E.U.R.L.", "SCI|S.C.I."), "GB": ("Ltd|Limited|Ltd.", "plc|PLC|Public Limited Company",
    "LLP|L.L.P.", "& Co. Ltd|and Company Limited"),
    "ES": ("S.L.|SL|Sociedad Limitada", "S.A.|SA|Sociedad Anónima", "S.L.U.|SLU", "S. Coop.|Sociedad Cooperativa"), "PL": ("Sp. z o.o.|sp. z o. o.|Spółka z ograniczoną odpowiedzialnością",
    "S.A.|SA|Spółka Akcyjna", "sp. j.|Spółka Jawna", "sp.k.|Spółka komandytowa"),
    "RU": ("ООО|Общество с ограниченной ответственностью", "АО|Акционерное общество", "ЗАО|Закрытое акционерное общество", "ИП|Индивидуальный предприниматель"), "CN": ("有限公司|有限责任公司",
    "股份有限公司|股份公司", "集团有限公司|集团"), "JP": ("株式会社|(株)|㈱", "有限会社|(有)|㈲", "合同会社|(同)"),
}
BRANCHES = {"DE": "Niederlassung_* Filiale_* Zweigstelle_*", "FR": "Agence_de_* Succursale_de_*", "GB": "*_Branch *_Office", "ES": "Sucursal_* Delegación_*", "PL": "Oddział_* Filia_*",
    "RU": "филиал_* отделение_*", "CN": "*分公司", "JP": "*支店 *営業所"}
CHAINS = {"DE": "Bäckerei Apotheke Optik Fitness", "FR": "Boulangerie Pharmacie Optique Garage", "GB": "Coffee Pharmacy Opticians Gym", "ES": "Panadería Farmacia Óptica Gimnasio",
    "PL": "Piekarnia Apteka Optyk Siłownia",
          "RU": "Аптека Пекарня Оптика Фитнес", "CN": "药房/Pharmacy 超市/Market 酒店/Hotel", "JP": "薬局/Pharmacy 食堂/Shokudo ホテル/Hotel"}
SISTERS = {"DE": "Holding Vertriebs Service Verwaltungs", "FR": "Holding Distribution Services Participations", "GB": "Holdings Sales Services Group", "ES": "Holding Distribución Servicios "
    "Gestión", "PL": "Holding Dystrybucja Serwis Grupa",
           "RU": "Холдинг Торг Сервис Групп", "CN": "控股/Holding 销售/Sales 服务/Service", "JP": "ホールディングス/Holdings 販売/Hanbai サービス/Service"}
BRAND_SYLLABLES = {"LATIN": ("Al Ar Axi Bel Cen Cor Del Eco El En Euro Fle Gen Hel In Kor La Lumi Ma Me Neo Nor No Omni Op Or Pro Qua Re Sa Sol Syn Te Tra Uni Va Ver Vi Xe Ze", "bi co da do gi "
    "la li lo ma mi na ni no ra ri ro sa ta ti to va vi",
                             "con cor dex dyn fix fort gen lab lex line lux mar med nex nova plan plex port star tec tech tek tis tron va via vis zon"),
                   "RU": ("Аль Ар Бел Вол Гран Дон Евро Ин Кам Мега Нео Норд Омни Про Рос Сев Сиб Тех Урал Уни Юг", "ба ви га ди ко ла ли ма ни ра ро са та ти", "банк вест град дар инвест ком "
                   "лайн люкс мет парк пласт регион снаб союз стар тек"),
                   "CN": "华 Hua 中 Zhong 新 Xin 东 Dong 金 Jin 恒 Heng 瑞 Rui 信 Xin 天 Tian 宏 Hong 大 Da 安 An 泰 Tai 丰 Feng 盛 Sheng 达 Da 通 Tong 利 Li 和 He 兴 Xing 源 Yuan 海 Hai 联 Lian 创 Chuang 科 Ke 佳 Jia 美 "
                   "Mei 康 Kang 永 Yong 顺 Shun 鑫 Xin 博 Bo",
                   "JP": "大 Dai 東 To 日 Ni 共 Kyo 三 San 協 Kyo 新 Shin 光 Ko 栄 Ei 和 Wa 太 Tai 洋 Yo 富士 Fuji 旭 Asahi 信 Shin 明 Mei 正 Sei 北 Hoku 西 Sei 南 Nan 丸 Maru 平 Hei 泉 Izumi"}
KANA = {"あ": "a", "い": "i", "う": "u", "え": "e", "お": "o", "か": "ka", "き": "ki", "く": "ku", "け": "ke", "こ": "ko", "さ": "sa", "し": "shi", "す": "su", "せ": "se", "そ": "so", "た": "ta", "ち": "chi",
    "つ": "tsu", "て": "te", "と": "to",
        "な": "na", "に": "ni", "ぬ": "nu", "ね": "ne", "の": "no", "は": "ha", "ひ": "hi", "ふ": "fu", "へ": "he", "ほ": "ho", "ま": "ma", "み": "mi", "む": "mu", "め": "me", "も": "mo", "や": "ya", "ゆ": "yu",
        "よ": "yo", "ら": "ra", "り": "ri",
        "る": "ru", "れ": "re", "ろ": "ro", "わ": "wa", "ん": "n", "が": "ga", "ぎ": "gi", "ぐ": "gu", "げ": "ge", "ご": "go", "ざ": "za", "じ": "ji", "ず": "zu", "ぜ": "ze", "ぞ": "zo", "だ": "da", "づ": "zu",
        "で": "de", "ど": "do",
        "ば": "ba", "び": "bi", "ぶ": "bu", "べ": "be", "ぼ": "bo", "しょ": "sho", "じゅ": "ju"}
CYRILLIC = ("а a б b в v г g д d е e ё e ж zh з z и i й y к k л l м m н n о o п p р r с s т t у u ф f х kh ц ts ч ch ш sh щ shch ъ - ы y ь - э e ю yu я ya",
            "а a б b в v г g д d е e ё jo ж z з z и i й j к k л l м m н n о o п p р r с s т t у u ф f х h ц c ч c ш s щ sc ъ - ы y ь - э e ю ju я ja")
