#include <libical/ical.h>
#include <stdio.h>
#include <string.h>
int main(void){
 icalcomponent *c=icalcomponent_new(ICAL_VEVENT_COMPONENT);
 char big[1200]={0}; for(int i=0;i<300;i++) strcat(big, i%7==0?"æ":i%11==0?"🎉":"xy z"+i%3);
 icalcomponent_add_property(c, icalproperty_new_summary(big));
 char nos[2000]={0}; for(int i=0;i<150;i++) strcat(nos,"漢字");
 icalcomponent_add_property(c, icalproperty_new_summary(nos));
 icalcomponent_add_property(c, icalproperty_new_description("a;b,c\\d\"e\nf\tg:h\rz\x01"));
 icalproperty *p=icalproperty_new_attendee("mailto:anna@example.org");
 icalproperty_add_parameter(p, icalparameter_new_cn("Anna \"the\" ^ Å; B: C, 'd\n x"));
 icalproperty_add_parameter(p, icalparameter_new_rsvp(ICAL_RSVP_FALSE));
 icalproperty_add_parameter(p, icalparameter_new_role(ICAL_ROLE_REQPARTICIPANT));
 icalproperty_add_parameter(p, icalparameter_new_partstat(ICAL_PARTSTAT_ACCEPTED));
 icalcomponent_add_property(c,p);
 icalproperty *d=icalproperty_new_dtstart((struct icaltimetype){.year=2027,.month=3,.day=1,.hour=9,.minute=0});
 icalproperty_add_parameter(d, icalparameter_new_tzid("Europe/Copenhagen"));
 icalcomponent_add_property(c,d);
 d=icalproperty_new_dtstart((struct icaltimetype){.year=2027,.month=3,.day=1,.is_date=1});
 icalcomponent_add_property(c,d);
 icalcomponent_add_property(c,icalproperty_new_tzoffsetfrom(-12600));
 icalcomponent_add_property(c,icalproperty_new_tzoffsetto(3600));
 icalcomponent_add_property(c,icalproperty_new_tzoffsetto(34*60));
 icalcomponent_add_property(c,icalproperty_new_tzoffsetto(-(34*60+5)));
 puts(icalcomponent_as_ical_string(c));
 char *s=icalcomponent_as_ical_string_r(c); size_t m=0; for(char*l=s;*l;){char*e=strstr(l,"\r\n"); if((size_t)(e-l)>m)m=e-l; l=e+2;} printf("max %zu\n",m);
}
