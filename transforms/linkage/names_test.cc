#include "transforms/linkage/names.h"

#include <gtest/gtest.h>

namespace crossbill::transforms {
namespace {

TEST(Names, LegalFormsAreSetApart) {
  EXPECT_EQ(MakeNameForm("Northgate Stores Inc").full, "northgate stores");
  EXPECT_EQ(MakeNameForm("NORTHGATE STORES, Inc.").full, "northgate stores");
  EXPECT_EQ(MakeNameForm("Eiscon Textiles S.p.A.").legal, "spa");
  EXPECT_EQ(MakeNameForm("Hansa Warenhaus GmbH & Co. KG").full, "hansa warenhaus");
  EXPECT_EQ(MakeNameForm("南京嘉恒包装有限公司").full, "南京嘉恒包装");
  EXPECT_EQ(MakeNameForm("厦门博龙五金有限责任公司").legal, "youxian");
  EXPECT_EQ(MakeNameForm("株式会社伊藤商事").full, MakeNameForm("(株)伊藤商事").full);
  EXPECT_EQ(MakeNameForm("㈱伊藤商事").legal, "kk");
  EXPECT_EQ(MakeNameForm("有限会社福岡小川不動産").legal, "yk");
  for (const auto& [shortly, in_words] :
       {std::pair{"Malizon plc", "Malizon Public Limited Company"},
        {"Krüger GmbH", "Kruger Gesellschaft mit beschrankter Haftung"},
        {"Korramed Logistique S.A.S.", "Korramed Logistique Société par actions simplifiée"},
        {"Xetinova S.L.", "Xetinova Sociedad Limitada"},
        {"Ladyn Sp. z o.o.", "Ladyn Spółka z ograniczoną odpowiedzialnością"},
        {"ООО «Нордмет»", "Общество с ограниченной ответственностью «Нордмет»"},
        {"Arcon & Co. Ltd", "Arcon and Company Limited"},
        {"(同)大三製作所", "合同会社大三製作所"}}) {
    EXPECT_EQ(MakeNameForm(shortly).full, MakeNameForm(in_words).full);
    EXPECT_EQ(MakeNameForm(shortly).legal, MakeNameForm(in_words).legal) << in_words;
    EXPECT_NE(MakeNameForm(shortly).legal, "") << shortly;
  }
  EXPECT_EQ(MakeNameForm("AG").full, "ag") << "a name is not all legal form";
}

TEST(Names, AWholeNameInItsParts) {
  struct Case {
    const char* name;
    const char* given;
    const char* family;
  };
  for (const Case& each :
       std::initializer_list<Case>{{"Susan Meyer", "susan", "meyer"},
                                   {"Meyer, Susan", "susan", "meyer"},
                                   {"Dr. Martin M. Anderson Jr.", "martin m", "anderson"},
                                   {"King, Jr.", "", "king"},
                                   {"Ludwig van Beethoven", "ludwig", "van beethoven"},
                                   {"Ana de la Cruz", "ana", "de la cruz"},
                                   {"García López, María José", "maria jose", "garcia lopez"},
                                   {"Van Morrison", "van", "morrison"},
                                   {"Andreason", "", "andreason"},
                                   {"ВАСИЛЬЕВ, Александр", "александр", "васильев"},
                                   {"王杰", "杰", "王"},
                                   {"歐陽修", "修", "欧阳"},
                                   {"张秀英", "秀英", "张"},
                                   {"山田太郎", "太郎", "山田"},
                                   {"中村　美彦", "美彦", "中村"},
                                   {"김철수", "철수", "김"}}) {
    const PersonNameParts parts = PartsOfPersonName(each.name);
    EXPECT_EQ(parts.given, Fold(each.given)) << each.name;
    EXPECT_EQ(parts.family, Fold(each.family)) << each.name;
  }
  for (const char* none : {"", "Malizon plc", "株式会社伊藤商事", "susan@example.org", "Till 7", "たろう"}) {
    EXPECT_EQ(PartsOfPersonName(none).family, "") << none;
  }
}

TEST(Names, FormsOfAddressAreDropped) {
  EXPECT_EQ(MakeNameForm("周磊怡先生").full, "周磊怡");
  EXPECT_EQ(MakeNameForm("于明女士").full, MakeNameForm("于 明").full);
  EXPECT_EQ(MakeNameForm("中村 美彦 様").full, MakeNameForm("中村　美彦").full);
  EXPECT_EQ(MakeNameForm("Mr. Martin M. Anderson").full, MakeNameForm("Anderson, Martin M.").full);
  EXPECT_EQ(MakeNameForm("先生").full, "先生");
}

TEST(Names, ScriptsAndSpellingsMeet) {
  EXPECT_EQ(MakeNameForm("Jürgen Müller").full, MakeNameForm("JUERGEN MUELLER").full);
  EXPECT_EQ(MakeNameForm("臺灣電子").full, MakeNameForm("台湾电子").full);
  EXPECT_EQ(MakeNameForm("ﾅｶﾑﾗ ﾐﾋｺ").full, MakeNameForm("なかむら みひこ").full);
  EXPECT_TRUE(MakeNameForm("ﾅｶﾑﾗ ﾐﾋｺ").kana);
  EXPECT_FALSE(MakeNameForm("中村 美彦").kana);
  EXPECT_EQ(ReadingOf("ｼﾖｳﾕｷ"), ReadingOf("ショウユキ"));
  EXPECT_EQ(ReadingOf("中村"), "");
}

TEST(Names, ThePlaceInFrontIsNoPartOfTheName) {
  EXPECT_EQ(WithoutCity(MakeNameForm("厦门佳远文化传播有限公司"), CityForm("厦门市")), "佳远文化传播");
  EXPECT_EQ(WithoutCity(MakeNameForm("深圳市通兴五金有限公司"), CityForm("深圳")), "通兴五金");
  EXPECT_EQ(WithoutCity(MakeNameForm("鑫明家具(重庆)有限责任公司"), CityForm("重庆市")), "鑫明家具");
  EXPECT_EQ(WithoutCity(MakeNameForm("南京嘉恒包装有限公司郑州分公司"), CityForm("郑州市")),
            "南京嘉恒包装郑州分公司")
      << "a branch is named by its place";
}

TEST(Names, CitiesLoseTheirWards) {
  EXPECT_EQ(CityForm("大阪市北区"), CityForm("大阪"));
  EXPECT_EQ(CityForm("東京都千代田区"), CityForm("東京"));
  EXPECT_EQ(CityForm("京都市下京区"), CityForm("京都"));
  EXPECT_EQ(CityForm("广州市"), CityForm("廣州"));
  EXPECT_EQ(CityForm("München"), CityForm("MUNCHEN"));
}

TEST(Names, NothingIsNoName) {
  EXPECT_TRUE(MakeNameForm("").empty());
  EXPECT_TRUE(MakeNameForm(" .-, ").empty());
}

}  // namespace
}  // namespace crossbill::transforms
